import type { Construct } from "constructs";
import type { Json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { check } from "../core/validation";
import type { LayoutSchedule } from "./props";

type Schedules = Readonly<Record<string, LayoutSchedule>>;

/** What one EventBridge schedule sends, and to whom. */
export interface Firing {
  readonly scheduleExpression: string;
  readonly timeZone: string | undefined;
  /** An event. */
  readonly input: Json;
  /** Whether it is for the registrar, which stops tasks, or for the launcher, which starts them. */
  readonly stops: boolean;
}

// Scheduler fills in what stands between angle brackets, so that a repeated delivery is the same event.
const event = (detailType: string, detail: Json): Json => ({
  detail,
  "detail-type": detailType,
  id: "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>",
  source: "schedule",
  time: "<aws.scheduler.scheduled-time>",
});

/** By name: one for each service that a schedule starts, since an event starts one task, and one for all it stops. */
export const firingsOf = (schedules: Schedules | undefined): [string, Firing][] =>
  sortedEntries(schedules).flatMap(([schedule, { expression, timeZone, start = [], stop = [] }]) => {
    const when = { scheduleExpression: expression, timeZone };
    const firings = start.map((service): [string, Firing] => [
      `${schedule}-${service}`,
      { ...when, input: event("Start ECS Task", { service }), stops: false },
    ]);
    if (stop.length > 0) {
      firings.push([
        `${schedule}-stop`,
        { ...when, input: event("Stop ECS Tasks", { services: stop }), stops: true },
      ]);
    }
    return firings;
  });

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
      `schedules.${schedule} starts and stops nothing; give start or stop.`,
    );
    const unknown = [...start, ...stop].filter((service) => !services.includes(service));
    check(
      scope,
      unknown.length === 0,
      `schedules.${schedule} names ${unknown.map((service) => `"${service}"`).join(", ")}, which is no service; the services are ${services.map((service) => `"${service}"`).join(", ")}.`,
    );
  }
  const names = firingsOf(schedules).map(([name]) => name);
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  check(
    scope,
    repeated.size === 0,
    `schedules come to ${[...repeated].map((name) => `"${name}"`).join(", ")} more than once; what starts is named <schedule>-<service> and what stops <schedule>-stop, so rename a schedule, or name a service once.`,
  );
}
