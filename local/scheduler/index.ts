import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Cancel, Clock } from "../clock";
import { eventTime } from "../events/event";
import type { HttpResponse } from "../http";
import { setLongTimer } from "../long-timer";
import { messageOf } from "../message-of";
import { deliverWithRetries, type FailedDelivery } from "../retries";
import type { Call } from "../routing";
import { type Actor, type ServiceCalls, sendMessageCall } from "../service-calls";
import { askRest, type Upstream } from "../upstream";
import { invalidReason, nextInvocationTime, type Schedule } from "./schedule";
import { checkResponse, invocationInput, type ScheduledInvocation, targetCall } from "./scheduled-invocation";

export interface SchedulerOptions {
  clock: Clock;
  calls: Pick<ServiceCalls, "make" | "assumeRole">;
  upstream: Upstream;
  log(line: string): void;
}

interface Running {
  schedule: Schedule;
  since: Date;
  cancel: Cancel;
}

/** Amazon EventBridge Scheduler: invocation is here, the control plane is moto. */
export class Scheduler {
  private readonly running = new Map<string, Running>();

  constructor(private readonly options: SchedulerOptions) {}

  async handle(call: Call): Promise<HttpResponse> {
    const { method, path } = call.request;
    const [, kind, name = ""] = /^\/(schedules|schedule-groups)\/([^/]+)$/.exec(path) ?? [];
    const writes = method !== "GET" && kind !== undefined;
    if (kind === "schedules" && (method === "POST" || method === "PUT")) await this.check(call);
    const response = await this.options.upstream.send(call);
    if (!writes || response.status >= 300) return response;
    if (kind === "schedules") await this.renew(call, name, method === "DELETE");
    else if (method === "DELETE") this.stop(call, `schedule/${decodeURIComponent(name)}/`);
    return response;
  }

  private async check(call: Call): Promise<void> {
    const schedule = JSON.parse(call.request.body.toString()) as Schedule;
    const invalid = invalidReason(schedule);
    if (invalid) throw new AwsError("ValidationException", invalid);
    const group = `arn:aws:scheduler:${call.region}:${call.account}:schedule-group/${schedule.GroupName ?? "default"}`;
    await this.options.calls.assumeRole(actor(schedule, group)).catch(() => {
      throw new AwsError(
        "ValidationException",
        "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
      );
    });
  }

  private async renew(call: Call, name: string, deleted: boolean): Promise<void> {
    const { body, query } = call.request;
    const given = deleted ? query.get("groupName") : (JSON.parse(body.toString()) as Schedule).GroupName;
    const group = given ?? "default";
    const arnEnd = `schedule/${group}/${decodeURIComponent(name)}`;
    const [before] = this.stop(call, arnEnd, true);
    if (deleted) return;
    const url = `/schedules/${name}?groupName=${encodeURIComponent(group)}`;
    const schedule = JSON.parse(
      (await askRest(this.options.upstream, call, "scheduler", url)).toString(),
    ) as Schedule;
    const same = before && timingOf(before.schedule) === timingOf(schedule);
    const now = this.options.clock.now();
    // With unchanged times, the time of the update is not invoked again.
    this.start(schedule, same ? before.since : now, same ? now : new Date(now.getTime() - 1));
  }

  private stop({ account, region }: Call, arnEnd: string, exactly = false): Running[] {
    const prefix = `arn:aws:scheduler:${region}:${account}:${arnEnd}`;
    const stopped: Running[] = [];
    for (const [arn, running] of this.running) {
      if (exactly ? arn !== prefix : !arn.startsWith(prefix)) continue;
      running.cancel();
      this.running.delete(arn);
      stopped.push(running);
    }
    return stopped;
  }

  private start(schedule: Schedule, since: Date, after: Date): void {
    const { clock } = this.options;
    const due = schedule.State === "DISABLED" ? undefined : nextInvocationTime(schedule, since, after);
    const invoke = (scheduledTime: Date) => {
      this.start(schedule, since, scheduledTime);
      void this.invoke(schedule, { executionId: randomUUID(), scheduledTime });
    };
    const cancel = due
      ? setLongTimer(clock, due.getTime() - clock.now().getTime(), () => invoke(due))
      : () => {};
    this.running.set(schedule.Arn, { schedule, since, cancel });
  }

  private async invoke(schedule: Schedule, invocation: ScheduledInvocation): Promise<void> {
    const { calls, clock, log } = this.options;
    const { Target } = schedule;
    let input = "";
    const failure = await deliverWithRetries(clock, Target.RetryPolicy, async (attempt) => {
      input = invocationInput(schedule, invocation, attempt);
      const call = targetCall(Target, input);
      const { body } = await calls.make(actor(schedule), call);
      checkResponse(call.service, body);
    });
    if (!failure) return;
    const queue = Target.DeadLetterConfig?.Arn;
    const what = `scheduler: ${schedule.Arn} did not reach ${Target.Arn}: ${messageOf(failure.error)}`;
    log(
      queue
        ? what
        : `${what} The invocation at ${eventTime(invocation.scheduledTime)} is lost: the schedule has no dead-letter queue.`,
    );
    if (!queue) return;
    const MessageAttributes = dlqAttributes(schedule, invocation, failure);
    await calls
      .make(actor(schedule), sendMessageCall(queue, { MessageBody: input, MessageAttributes }))
      .catch((error: unknown) =>
        log(`scheduler: an invocation of ${schedule.Arn} is lost: ${messageOf(error)}`),
      );
  }
}

// AWS uses the ARN of the group, not of the schedule
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html).
function actor(schedule: Schedule, group = groupArn(schedule)): Actor {
  return { roleArn: schedule.Target.RoleArn, principal: "scheduler.amazonaws.com", sourceArn: group };
}

function groupArn({ Arn, GroupName }: Schedule): string {
  return Arn.replace(/:schedule\/.*/, `:schedule-group/${GroupName}`);
}

function timingOf({ ScheduleExpression, ScheduleExpressionTimezone, StartDate, State }: Schedule): string {
  return JSON.stringify([ScheduleExpression, ScheduleExpressionTimezone, StartDate, State]);
}

function dlqAttributes(
  schedule: Schedule,
  invocation: ScheduledInvocation,
  { error, exhausted, retries }: FailedDelivery,
): object {
  const texts = {
    SCHEDULE_ARN: schedule.Arn,
    TARGET_ARN: schedule.Target.Arn,
    EXECUTION_ID: invocation.executionId,
    SCHEDULED_TIME: eventTime(invocation.scheduledTime),
    ERROR_CODE: error instanceof AwsError ? error.code : "InternalFailure",
    ERROR_MESSAGE: messageOf(error),
    RETRY_ATTEMPTS: String(retries),
    IS_PAYLOAD_TRUNCATED: "false",
    ...(exhausted ? { EXHAUSTED_RETRY_CONDITION: exhausted } : {}),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]),
  );
}
