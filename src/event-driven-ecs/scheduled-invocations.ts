import type { Construct } from "constructs";
import type { Json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { check, isToken } from "../core/validation";
import type { LayoutSchedule } from "./props";

type Schedules = Readonly<Record<string, LayoutSchedule>>;

/** What one schedule of EventBridge Scheduler sends, when, and to which function. */
export interface ScheduledInvocation {
  /** Name of the schedule in `schedules`. */
  readonly schedule: string;
  /** `rate(…)`, `cron(…)` or `at(…)`. */
  readonly scheduleExpression: string;
  /** IANA name of the time zone. */
  readonly timeZone: string | undefined;
  /** The event that the function gets. */
  readonly input: Json;
  /** Whether the registrar gets the event, to stop tasks, or the launcher, to start a task. */
  readonly stops: boolean;
}

// EventBridge Scheduler fills in the values in angle brackets. A retry gets the same values, so it is a duplicate event.
const event = (detailType: string, detail: Json): Json => ({
  detail,
  "detail-type": detailType,
  id: "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>",
  source: "schedule",
  time: "<aws.scheduler.scheduled-time>",
});

/** Expands each schedule into named invocations: one for each service that it starts, and one for all that it stops. */
export const expandSchedules = (schedules: Schedules | undefined): [string, ScheduledInvocation][] =>
  sortedEntries(schedules).flatMap(([schedule, { expression, timeZone, start = [], stop = [] }]) => {
    const when = { schedule, scheduleExpression: expression, timeZone };
    const invocations = start.map((service): [string, ScheduledInvocation] => [
      `${schedule}-${service}`,
      { ...when, input: event("Start ECS Task", { service }), stops: false },
    ]);
    if (stop.length > 0) {
      invocations.push([
        `${schedule}-stop`,
        { ...when, input: event("Stop ECS Tasks", { services: stop }), stops: true },
      ]);
    }
    return invocations;
  });

/** @throws ValidationError when a schedule is invalid, names an unknown service, or makes a name twice. */
export function checkSchedules(
  scope: Construct,
  schedules: Schedules = {},
  services: readonly string[] = [],
): void {
  for (const [schedule, { start = [], stop = [] }] of Object.entries(schedules)) {
    check(
      scope,
      /^[a-z0-9-]{1,20}$/.test(schedule),
      `schedules names "${schedule}"; a schedule's name has 1 to 20 lower-case letters, digits and hyphens.`,
    );
    check(
      scope,
      start.length + stop.length > 0,
      `schedules.${schedule} has neither start nor stop; give at least one of them.`,
    );
    for (const [prop, services] of Object.entries({ start, stop })) {
      check(
        scope,
        !isToken(services) && !services.some(isToken),
        `schedules.${schedule}.${prop} is a token that only Terraform resolves; it decides which schedules exist, so give literal values.`,
      );
    }
    for (const [prop, named] of Object.entries({ start, stop })) {
      const unknown = named.filter((service) => !services.includes(service));
      check(
        scope,
        unknown.length === 0,
        `schedules.${schedule}.${prop} names ${unknown.map((service) => `"${service}"`).join(", ")}, which is not a service; the services are ${services.map((service) => `"${service}"`).join(", ")}.`,
      );
    }
  }
  const names = expandSchedules(schedules).map(([name]) => name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  check(
    scope,
    repeated.size === 0,
    `schedules make ${[...repeated].map((name) => `"${name}"`).join(", ")} more than once; a start is named <schedule>-<service> and a stop <schedule>-stop, so rename a schedule, or name each service once.`,
  );
}
