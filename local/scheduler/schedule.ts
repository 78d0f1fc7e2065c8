import { cronFields, nextTime, rateMs } from "../events/next-time";
import { instantOf, wallClock } from "../events/time-zone";
import type { RetryPolicy } from "../retries";

/** A schedule of EventBridge Scheduler, as GetSchedule answers it; times in seconds since 1970. */
export interface Schedule {
  Arn: string;
  Name: string;
  GroupName: string;
  State: "ENABLED" | "DISABLED";
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  StartDate?: number | null;
  EndDate?: number | null;
  Target: ScheduleTarget;
}

export interface ScheduleTarget {
  Arn: string;
  RoleArn: string;
  Input?: string;
  RetryPolicy?: RetryPolicy;
  DeadLetterConfig?: { Arn?: string };
  EcsParameters?: {
    TaskDefinitionArn: string;
    TaskCount?: number;
    LaunchType?: string;
    NetworkConfiguration?: {
      awsvpcConfiguration?: { Subnets?: string[]; SecurityGroups?: string[]; AssignPublicIp?: string };
    };
    CapacityProviderStrategy?: { capacityProvider: string }[];
    EnableExecuteCommand?: boolean;
    Group?: string;
    PlatformVersion?: string;
    PropagateTags?: string;
    Tags?: { key: string; value: string }[];
  };
}

/**
 * When a schedule fires next after an instant; undefined when it does not any more.
 *
 * @param since when the schedule came into being: without a StartDate, a rate begins there
 */
export function nextFiring(schedule: Schedule, since: Date, after: Date): Date | undefined {
  const { EndDate, ScheduleExpression, ScheduleExpressionTimezone, StartDate } = schedule;
  const once = onceAt(ScheduleExpression);
  // Start and end are not for schedules that fire once.
  if (once) return later(instantOf(once, ScheduleExpressionTimezone), after);
  const start = StartDate ? new Date(StartDate * 1000) : undefined;
  const rate = rateMs(ScheduleExpression);
  const next =
    rate === undefined
      ? nextTime(
          ScheduleExpression,
          latest(after, start && new Date(start.getTime() - 1)),
          ScheduleExpressionTimezone,
        )
      : nextOfRate(rate, start ?? since, after);
  return EndDate && next && next.getTime() > EndDate * 1000 ? undefined : next;
}

/** Why a schedule cannot be; undefined when it can. */
export function whyInvalid(
  schedule: Pick<Schedule, "ScheduleExpression" | "ScheduleExpressionTimezone">,
): string | undefined {
  const { ScheduleExpression, ScheduleExpressionTimezone = "UTC" } = schedule;
  if (!(rateMs(ScheduleExpression) ?? cronFields(ScheduleExpression) ?? onceAt(ScheduleExpression)))
    return `Invalid Schedule Expression ${ScheduleExpression}.`;
  try {
    wallClock(new Date(0), ScheduleExpressionTimezone);
    return undefined;
  } catch {
    return `The ScheduleExpressionTimezone ${ScheduleExpressionTimezone} is not the name of a time zone.`;
  }
}

function onceAt(expression: string): Date | undefined {
  const [, text] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression) ?? [];
  return text === undefined ? undefined : new Date(`${text}Z`);
}

function nextOfRate(rate: number, first: Date, after: Date): Date {
  const passed = after.getTime() - first.getTime();
  return passed < 0 ? first : new Date(first.getTime() + (Math.floor(passed / rate) + 1) * rate);
}

function later(time: Date | undefined, after: Date): Date | undefined {
  return time && time > after ? time : undefined;
}

function latest(a: Date, b: Date | undefined): Date {
  return b && b > a ? b : a;
}
