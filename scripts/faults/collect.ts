import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Task } from "../../local/ecs/task";
import { receiveAll } from "../../testing/receive-all";
import type { Answer, Attempt } from "./account";
import type { ActorLog } from "./actor";
import { type Deployed, port } from "./deploy";
import type { EventRecord, ExpectedOutcome, ScenarioResult, Signal, TaskState } from "./verdict";

/** Metrics of the functions that count failures. */
const failureMetrics = ["Failures", "TasksFailed", "TasksInterrupted", "RegistrationFailures"];
/** The failure metrics with an alarm for each service. */
const alarmedMetrics = ["TasksFailed"];

const stateOf = (task: Task, isTarget: boolean): { state: TaskState; reason: string | undefined } => {
  const { lastStatus, stopCode, containers, times } = task;
  if (lastStatus !== "STOPPED") return { state: isTarget ? "serving" : "running", reason: undefined };
  if (stopCode === "UserInitiated" && times.startedAt) return { state: "stopped", reason: undefined };
  const codes = containers.map(({ exitCode }) => exitCode);
  if (stopCode === "EssentialContainerExited" && codes.every((code) => code === 0)) {
    return { state: "succeeded", reason: undefined };
  }
  const why = containers.find(({ reason }) => reason)?.reason?.split(":")[0];
  const reason = stopCode === "EssentialContainerExited" ? (why ?? `exit code ${codes.join()}`) : stopCode;
  return { state: "failed", reason };
};

/** The reason in a DLQ message. */
const reasonOf = (body: string): string => {
  try {
    return String(JSON.parse(body).responsePayload.errorType);
  } catch {
    return "no reason given";
  }
};

const kindOf = ({ payload }: Answer): string => {
  const result = JSON.parse(payload) as Record<string, unknown> | null;
  if (result?.statusCode !== undefined) return String(result.statusCode);
  const kind = ["rejected", "handedOn", "ignored"].find((name) => result && name in result);
  return kind === "handedOn" ? "forwarded" : (kind ?? "done");
};

/** The number of reminders of register-targets in an invocation. */
const remindersIn = ({ event }: Attempt): number => event.split('\\"recheck\\"').length - 1;

/** Whether a log line is a metric with one of these names. */
const isMetric = (line: string, names: readonly string[]): boolean =>
  line.includes('"_aws"') && names.some((name) => line.includes(`"Name":"${name}"`));

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** The ids of events that a text contains. */
const eventsIn = (text: string, ids: readonly string[]): string[] => ids.filter((id) => text.includes(id));

/** Collects the result of a scenario. */
export const collect = async (
  { account, deadLetterQueueUrls, targetGroup, settings }: Deployed,
  { ids, redriven }: ActorLog,
  expected: ExpectedOutcome,
): Promise<ScenarioResult> => {
  const { attempts, config, runtime } = account;
  const elb = new ElasticLoadBalancingV2Client(config);
  const sqs = new SQSClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });

  const { TargetHealthDescriptions = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
  );
  const targets = TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State !== "draining");
  const addresses = targets.map(({ Target }) => `${Target?.Id}:${Target?.Port}`);
  const tasks = account.tasks();
  const addressOf = ({ launch }: Task) => `${launch.network?.privateIp}:${port}`;
  const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").map(addressOf);

  const events = new Map<string, EventRecord>(ids.map((id) => [id, { tasks: [], dlqReasons: [] }]));
  const unnamed: Task[] = [];
  const recordTask = (id: string, task: Task) => {
    const isTarget = settings.kind === "job" || addresses.includes(addressOf(task));
    events.get(id)!.tasks.push(stateOf(task, isTarget));
  };
  for (const task of tasks) {
    const [id] = eventsIn(JSON.stringify(task.launch.input), ids);
    if (id) recordTask(id, task);
    else unnamed.push(task);
  }
  // These tasks have no event id: each event without a task gets one, and the last event gets the others.
  for (const task of unnamed) {
    const without = ids.find((id) => events.get(id)!.tasks.length === 0);
    recordTask(without ?? ids.at(-1) ?? "", task);
  }

  const bodies = (await Promise.all(deadLetterQueueUrls.map((url) => receiveAll(sqs, url)))).flat();
  for (const body of bodies) {
    const key = /"eventReference":\{"key":"([^"]+)"/.exec(body)?.[1];
    const stored = key && (await s3.send(new GetObjectCommand({ Bucket: "payloads", Key: key })));
    const text = stored ? ((await stored.Body?.transformToString()) ?? "") : body;
    for (const id of eventsIn(text, ids)) events.get(id)!.dlqReasons.push(reasonOf(body));
  }

  const raised = attempts.filter(({ failed }) => failed);
  const isUnhealthy = targets.some(({ TargetHealth }) => TargetHealth?.State === "unhealthy");
  const isCounted =
    raised.length > 0 ||
    isUnhealthy ||
    Object.keys(account.metrics()).length > 0 ||
    runtime.lines.some((line) => isMetric(line, failureMetrics));
  const isLogged = runtime.lines.some((line) => /\bERROR\b/.test(line) && !line.includes('"_aws"'));
  const signals: [Signal, boolean][] = [
    ["DLQ", bodies.length + redriven.length > 0],
    ["log", isLogged],
    ["metric", isCounted],
  ];
  const reminders = attempts.reduce((sum, attempt) => sum + remindersIn(attempt), 0);
  return {
    expected,
    events: [...events.values()],
    staleTargets: addresses.filter((address) => !running.includes(address)).length,
    signals: signals.flatMap(([signal, isThere]) => (isThere ? [signal] : [])),
    hasFailureAlarm: runtime.lines.some((line) => isMetric(line, alarmedMetrics)),
    returned: distinct(attempts.filter(({ failed }) => !failed).map(kindOf)),
    raised: distinct(raised.map(({ payload }) => String(JSON.parse(payload).errorType))),
    runTaskCalls: account.calls("RunTask"),
    remindersPerStop: expected === "stopped" && reminders > 0 ? Math.ceil(reminders / ids.length) : undefined,
  };
};
