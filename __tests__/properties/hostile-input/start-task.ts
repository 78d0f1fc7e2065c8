import { toJson } from "../../../handlers/shared/json";
import { createStartTask } from "../../../handlers/start-task/start-task";
import type { Task } from "../../../local/ecs/task";
import { functionArn, type LogLine, route } from "../../handlers/start-task/world";
import { createAccount } from "../../support/start-task-account";
import { createProbe, type Work } from "./probe";

const second = 1_000;
const hour = 3_600 * second;

const routes = {
  auth: route("auth-api", { allowOverrides: ["command", "environment", "port", "cpu", "memory"] }),
  pdf: route("pdf-creator", {
    onFailure: { action: "retry", maxAttempts: 2, backoffSeconds: 0 },
    essential: ["main"],
  }),
};

/** What a retry may cure, of what an input alone can bring about: it names a task that ECS does not know. */
const retryable = ["TaskMissing", "InvalidParameterException"];

const longestLine = 8_192;
const longestAnswer = 2_048;
const longestMessage = 262_144;
const longestReason = 1_100;
/** For each message. A launch reads a record, stores a payload, runs a task and writes the record. */
const mostCalls = 12;
const mostLines = 6;
/** An event is stored for its task and in its record, and goes to a queue; what input decides beside it is short. */
const mostWritten = { perCharacter: 4, perMessage: 10_000 };

/** A task that has ended badly has a metric of its own. */
const countsFailure = (line: LogLine) =>
  ["Failures", "TasksFailed", "TasksInterrupted"].some((name) => name in line);

const attemptOf = ({ launch }: Task): number => {
  const { environment = [] } = launch.input.overrides?.containerOverrides?.[0] ?? {};
  return Number(environment.find(({ name }) => name === "LAUNCH_ATTEMPT")?.value ?? 1);
};

/** A function that is given one input after the other, and what is wrong with what it does. */
export const createSubject = async ({ buffer }: { buffer: boolean }) => {
  const account = await createAccount({ routes, buffer, throttled: false });
  const { local, take, deadLetterQueue, innerQueue } = account;
  const { clock } = local;
  const handedOn: string[] = [];
  const probe = createProbe(local.requestHandler() as never, (event) => handedOn.push(event));
  const handler = createStartTask(account.partsOver(probe.requestHandler, probe.write));
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
    return settled(
      handler(input, {
        awsRequestId: `request-${++requests}`,
        functionName: "start-task",
        invokedFunctionArn: functionArn,
        getRemainingTimeInMillis: () => until - clock.now().getTime(),
      }),
    );
  };

  const boundsOf = (work: Work, messages: number): string[] => {
    const { input, calls, written, lines } = work;
    const counted = lines.filter((line) => "Failures" in line).length;
    const latencies = lines.flatMap(({ LaunchLatency }) =>
      LaunchLatency === undefined ? [] : [Number(LaunchLatency)],
    );
    const logged = lines.filter(({ message }) => message === "event is not served").length;
    return [
      work.longestLine > longestLine && `a log line of ${work.longestLine} characters`,
      lines.length > mostLines * messages && `${lines.length} log lines for ${messages} messages`,
      calls > mostCalls * messages && `${calls} calls for ${messages} messages`,
      written > mostWritten.perCharacter * input + mostWritten.perMessage * messages &&
        `${written} characters written for ${input}`,
      latencies.some((latency) => latency < 0 || latency > 24 * hour) && `latencies ${latencies}`,
      counted !== logged && `${logged} failures logged, ${counted} counted`,
    ].filter((trouble) => trouble !== false);
  };

  const answerTroubles = (answer: unknown, work: Work): string[] => {
    const { statusCode, body, rejected, ignored } = answer as Record<string, unknown>;
    const troubles: string[] = [];
    const isError = rejected !== undefined || ignored !== undefined || Number(statusCode) >= 400;
    if (isError && toJson(answer).length > longestAnswer)
      troubles.push(`an answer of ${toJson(answer).length}`);
    if (Number(statusCode) >= 500) troubles.push(`a request is answered by ${statusCode}: ${body}`);
    const isFailure = rejected !== undefined || Number(statusCode) >= 400;
    if (isFailure && !work.lines.some(countsFailure)) troubles.push("a failure that is not counted");
    return troubles;
  };

  const letterTroubles = (letter: string): string[] => {
    const { responsePayload = {} } = JSON.parse(letter) as { responsePayload?: { errorMessage?: string } };
    const { errorMessage = "" } = responsePayload;
    return [
      Buffer.byteLength(letter) > longestMessage && "a letter that is too long",
      errorMessage === "" && "a letter without a reason",
      errorMessage.length > longestReason && `a reason of ${errorMessage.length} characters`,
    ].filter((trouble) => trouble !== false);
  };

  /** @returns what is wrong */
  const feed = async (input: unknown, size = toJson(input).length): Promise<string[]> => {
    const work = probe.begin(size);
    const { Records } = (input ?? {}) as { Records?: unknown };
    const messages = Array.isArray(Records) ? Math.max(1, Records.length) : 1;
    const troubles: string[] = [];
    try {
      const answer = await invoke(input);
      work.written += toJson(answer).length;
      troubles.push(...answerTroubles(answer, work));
    } catch (error) {
      const { name, message, stack } = error as Error;
      if (!retryable.includes(name))
        troubles.push(`throws ${name}: ${message.slice(0, 200)} ${stack?.slice(0, 900)}`);
      if (!work.lines.some((line) => "Failures" in line)) troubles.push(`${name} is not counted`);
    }
    troubles.push(...boundsOf(work, messages));
    const attempts = local.tasks().map(attemptOf);
    if (attempts.some((attempt) => !(attempt >= 1 && attempt <= 1_000)))
      troubles.push(`attempts ${attempts}`);
    for (const letter of await take(deadLetterQueue)) troubles.push(...letterTroubles(letter));
    return troubles;
  };

  /** Feeds an input and whatever it makes the function hand to itself. */
  const feedAll = async (input: unknown): Promise<string[]> => {
    const size = toJson(input).length;
    const troubles = await feed(input, size);
    for (let rounds = 0; ; rounds += 1) {
      const events = handedOn.splice(0).map((event) => JSON.parse(event) as unknown);
      const bodies = await take(innerQueue);
      const batch = bodies.map((body, index) => ({
        eventSource: "aws:sqs",
        messageId: `inner-${index}`,
        body,
      }));
      const inputs = [...events, ...(batch.length > 0 ? [{ Records: batch }] : [])];
      if (inputs.length === 0) break;
      if (rounds > 3) return [...troubles, "is handed on and on"];
      for (const each of inputs) troubles.push(...(await feed(each, size)));
    }
    return troubles;
  };

  let fed = 0;
  return {
    feed: async (input: unknown): Promise<string[]> => {
      // ECS shows tasks that have stopped for an hour.
      if (++fed % 50 === 0) await clock.advance(2 * hour);
      return feedAll(input);
    },
    lastStopped: () =>
      local.taskEvents.findLast(({ detail }) => detail.lastStatus === "STOPPED")?.detail ?? {},
    /** Events that have a task by now. */
    launched: () => new Set(local.tasks().map(({ launch }) => launch.input.startedBy?.split("/")[0] ?? "")),
  };
};
