import type { Invocation } from "../../../handlers/launch/invocation-context";
import { toJson } from "../../../handlers/shared/json";
import type { Task } from "../../../local/ecs/task";
import type { createLaunchAccount } from "../../../testing/launch-account";
import { checkAnswer, checkDlqMessage, checkError, checkWork, type Limits, messagesIn } from "./bounds";
import type { Known } from "./input";
import { createProbe, type Work } from "./probe";
import type { Subject } from "./subject";

const second = 1_000;
const hour = 3_600 * second;

/** Of the functions that launch. */
export const launchLimits: Limits = {
  // A launch reads a record, stores a payload, runs a task and writes the record.
  calls: 12,
  lines: 6,
  // The input names a task that ECS does not know, or that cannot be.
  retryable: ["TaskMissing", "InvalidParameterException"],
  failureMetrics: ["Failures", "TasksFailed", "TasksInterrupted"],
};

type Probe = ReturnType<typeof createProbe>;
type Handler = (input: unknown, invocation: Invocation) => Promise<unknown>;

export type LaunchingFunction = {
  name: string;
  account: Omit<Awaited<ReturnType<typeof createLaunchAccount>>, "partsOver">;
  createHandler(requestHandler: Probe["requestHandler"], write: Probe["write"]): Handler;
  /** A valid event. Its first field is the id. */
  createGood(id: string): unknown;
  limits: Limits;
};

const attemptOf = ({ launch }: Task): number => {
  const { environment = [] } = launch.input.overrides?.containerOverrides?.[0] ?? {};
  return Number(environment.find(({ name }) => name === "LAUNCH_ATTEMPT")?.value ?? 1);
};

/** Ids of the messages of a batch that are good as they are. */
const goodMessagesIn = (input: unknown): string[] => {
  const { Records } = (input ?? {}) as { Records?: unknown };
  const bodies = Array.isArray(Records)
    ? Records.map((record: { body?: unknown }) => String(record.body))
    : [];
  return bodies.flatMap((body) => /^\{"id":"(good-\d+)"/.exec(body)?.[1] ?? []);
};

const checkLatency = ({ lines }: Work): string[] => {
  const latencies = lines.flatMap(({ LaunchLatency }) => LaunchLatency ?? []).map(Number);
  return latencies.filter((ms) => ms < 0 || ms > 24 * hour).map((ms) => `a latency of ${ms} ms`);
};

/** A function that launches on local AWS, given one input after the other. */
export const createLaunchingSubject = ({
  name,
  account,
  createHandler,
  createGood,
  limits,
}: LaunchingFunction): Subject => {
  const { local, take, deadLetterQueue, innerQueue } = account;
  const { clock } = local;
  const handedOn: string[] = [];
  const probe = createProbe(local.requestHandler() as never, (event) => handedOn.push(event));
  const handler = createHandler(probe.requestHandler, probe.write);
  let requests = 0;

  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const ended = promise.finally(() => {
      done = true;
    });
    ended.catch(() => {});
    for (let turns = 0; !done; turns += 1) await clock.advance(turns < 10 ? 1 : second);
    return ended;
  };

  const invoke = (input: unknown) => {
    const until = clock.now().getTime() + 900 * second;
    requests += 1;
    return settled(
      handler(input, {
        awsRequestId: `request-${requests}`,
        functionName: name,
        invokedFunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
        getRemainingTimeInMillis: () => until - clock.now().getTime(),
      }),
    );
  };

  /** @param size characters of the input that led to this one */
  const feedOne = async (input: unknown, size: number): Promise<string[]> => {
    const work = probe.begin(size);
    const violations: string[] = [];
    try {
      const answer = await invoke(input);
      work.written += toJson(answer).length;
      violations.push(...checkAnswer(answer, work, limits));
    } catch (error) {
      violations.push(...checkError(error, work, limits));
    }
    const attempts = local.tasks().map(attemptOf);
    return [
      ...violations,
      ...checkWork(work, messagesIn(input), limits),
      ...checkLatency(work),
      ...attempts.filter((attempt) => !(attempt >= 1 && attempt <= 1_000)).map((each) => `attempt ${each}`),
      ...(await take(deadLetterQueue)).flatMap(checkDlqMessage),
    ];
  };

  /** What the function has handed to itself, in turn. */
  const takeHandedOn = async (): Promise<unknown[]> => {
    const Records = (await take(innerQueue)).map((body, index) => ({
      eventSource: "aws:sqs",
      messageId: `inner-${index}`,
      body,
    }));
    const events = handedOn.splice(0).map((event) => JSON.parse(event) as unknown);
    return Records.length > 0 ? [...events, { Records }] : events;
  };

  const launched = () => new Set(local.tasks().map(({ launch }) => launch.input.startedBy?.split("/")[0]));

  let fed = 0;
  let goods = 0;
  return async (make) => {
    // ECS shows tasks that have stopped for an hour.
    fed += 1;
    if (fed % 50 === 0) await clock.advance(2 * hour);
    const known: Known = {
      good: () => {
        goods += 1;
        return createGood(`good-${goods}`);
      },
      stopped: () => local.taskEvents.findLast(({ detail }) => detail.lastStatus === "STOPPED")?.detail ?? {},
    };
    const input = make(known);
    const size = toJson(input).length;
    const violations = await feedOne(input, size);
    for (let rounds = 0; rounds < 4; rounds += 1) {
      for (const each of await takeHandedOn()) violations.push(...(await feedOne(each, size)));
    }
    const lost = goodMessagesIn(input).filter((id) => !launched().has(id));
    return [...violations, ...lost.map((id) => `${id} is not launched`)];
  };
};
