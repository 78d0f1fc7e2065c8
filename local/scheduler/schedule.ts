import { cronFields, nextTime, rateMs } from "../events/next-time";
import { instantOf, wallClock } from "../events/time-zone";
import type { RetryPolicy } from "../retries";

/** A schedule of EventBridge Scheduler, as in the response of GetSchedule; times in seconds since 1970. */
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
    CapacityProviderStrategy?: { capacityProvider: string; weight?: number; base?: number }[];
    EnableExecuteCommand?: boolean;
    Group?: string;
    PlatformVersion?: string;
    PropagateTags?: string;
    Tags?: { key: string; value: string }[];
  };
}

/**
 * The next invocation time of a schedule after an instant; undefined if there is none.
 *
 * @param since when the schedule was created: a rate without StartDate begins there
 */
export function nextInvocationTime(schedule: Schedule, since: Date, after: Date): Date | undefined {
  const { EndDate, ScheduleExpression, ScheduleExpressionTimezone, StartDate } = schedule;
  const once = onceAt(ScheduleExpression);
  // One-time schedules ignore start and end.
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

/** Why a schedule is invalid; undefined if it is valid. */
export function invalidReason(
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
