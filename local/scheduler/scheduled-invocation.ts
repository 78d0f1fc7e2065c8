import { AwsError } from "../aws-error";
import { eventTime } from "../events/event";
import { type ApiCall, invokeCall, jsonCall, sendMessageCall } from "../service-calls";
import type { Schedule, ScheduleTarget } from "./schedule";

/** One scheduled invocation. It is the same for all attempts to deliver it. */
export interface ScheduledInvocation {
  executionId: string;
  scheduledTime: Date;
}

/** The input of the target (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html). */
export function invocationInput(
  schedule: Schedule,
  { executionId, scheduledTime }: ScheduledInvocation,
  attempt: number,
): string {
  const values: Record<string, string> = {
    "scheduled-time": eventTime(scheduledTime),
    "schedule-arn": schedule.Arn,
    "execution-id": executionId,
    "attempt-number": String(attempt),
  };
  const input = schedule.Target.Input ?? defaultInput(schedule, executionId, scheduledTime);
  return input.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (placeholder, name: string) => values[name] ?? placeholder,
  );
}

function defaultInput({ Arn }: Schedule, id: string, time: Date): string {
  const [, , , region, account] = Arn.split(":");
  return JSON.stringify({
    version: "0",
    id,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account,
    time: eventTime(time),
    region,
    resources: [Arn],
    detail: "{}",
  });
}

/** The call that delivers the input. Throws if local AWS does not support the kind of target. */
export function targetCall(target: ScheduleTarget, input: string): ApiCall {
  const [, , service, region = ""] = target.Arn.split(":");
  switch (service) {
    case "lambda":
      return invokeCall(target.Arn, "Event", input);
    case "sqs":
      return sendMessageCall(target.Arn, { MessageBody: input });
    case "ecs":
      return jsonCall("ecs", region, "RunTask", runTaskInput(target, input));
    case "states":
      return jsonCall("states", region, "StartExecution", { stateMachineArn: target.Arn, input });
    default:
      throw new AwsError(
        "ResourceNotFoundException",
        `Local AWS does not support schedules with a target like ${target.Arn}.`,
      );
  }
}

function runTaskInput({ Arn, EcsParameters, Input }: ScheduleTarget, input: string): object {
  const {
    CapacityProviderStrategy,
    LaunchType,
    NetworkConfiguration,
    TaskCount,
    TaskDefinitionArn,
    ...more
  } = EcsParameters ?? { TaskDefinitionArn: "" };
  const { AssignPublicIp, SecurityGroups, Subnets } = NetworkConfiguration?.awsvpcConfiguration ?? {};
  return {
    cluster: Arn,
    taskDefinition: TaskDefinitionArn,
    count: TaskCount ?? 1,
    launchType: LaunchType,
    capacityProviderStrategy: CapacityProviderStrategy?.length ? CapacityProviderStrategy : undefined,
    networkConfiguration: NetworkConfiguration && {
      awsvpcConfiguration: {
        subnets: Subnets,
        securityGroups: SecurityGroups,
        assignPublicIp: AssignPublicIp,
      },
    },
    // Without an `Input` the task has no overrides: the default event is not an override.
    overrides: Input === undefined ? undefined : (JSON.parse(input) as object),
    enableExecuteCommand: more.EnableExecuteCommand,
    group: more.Group,
    platformVersion: more.PlatformVersion,
    propagateTags: more.PropagateTags,
    tags: more.Tags,
  };
}

/** Throws if the target did nothing. RunTask reports this with status 200. */
export function checkResponse(service: string, body: Buffer): void {
  if (service !== "ecs") return;
  const { failures = [] } = JSON.parse(body.toString()) as { failures?: { reason?: string }[] };
  if (failures.length > 0)
    throw new AwsError("ECS.RunTaskFailure", failures[0]?.reason ?? "no task was started");
}
