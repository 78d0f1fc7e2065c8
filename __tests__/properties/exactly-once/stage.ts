import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { createStartTask, type StartTaskParts } from "../../../handlers/start-task/start-task";
import type { TaskStateChange } from "../../../local/ecs";
import { createAccount } from "../../../testing/start-task-account";
import { stateChange } from "../../../testing/state-change";
import type { LogLine } from "../../handlers/start-task/world";
import { type DlqMessage, openDlqMessage } from "./dlq-message";
import { eventOf } from "./events";
import { type End, type History, routes } from "./history";
import { createLambda, type Environment } from "./lambda";
import { createQueueMapping } from "./queue-mapping";
import { countsOf, type LaunchedTask, type Played, verify } from "./verify";
import { createWire } from "./wire";

const second = 1_000;
const minute = 60 * second;
const hour = 3_600 * second;

type Handler = ReturnType<typeof createStartTask>;
/** What a test may break about a function. */
export type Tamper = {
  parts?: (parts: StartTaskParts) => StartTaskParts;
  handler?: (handler: Handler) => Handler;
};

export type StageOptions = Pick<History, "buffer" | "failuresUseUpTokens">;

/**
 * An account in which histories can be played one after the other: the function and what surrounds it, EventBridge's
 * deliveries, Lambda's retries and destination, the inner queue and its mapping, and tasks with scripted ends.
 */
export const createStage = async ({ buffer, failuresUseUpTokens }: StageOptions, tamper: Tamper = {}) => {
  let onTaskEvent: (event: TaskStateChange) => void = () => {};
  let endOf: (taskArn: string) => End | undefined = () => undefined;
  const account = await createAccount({
    routes,
    buffer,
    failuresUseUpTokens,
    onTaskEvent: (event) => onTaskEvent(event),
    containers: ({ taskArn }) => {
      const end = endOf(taskArn);
      if (end?.kind === "failsToStart") return { failsToStart: end.reason };
      if (end?.kind === "exits") return { durationMs: end.after, exitCode: end.exitCode, reason: end.reason };
      return end ? {} : { durationMs: second };
    },
  });
  const { local, sqs, bucket, innerQueue, deadLetterQueue } = account;
  const { clock } = local;
  const now = () => clock.now().getTime();
  const sleep = (ms: number) => clock.sleep(ms);
  let pause: () => Promise<void> | undefined = () => undefined;
  const violations: string[] = [];
  const lines: LogLine[] = [];

  const start = (): Environment => {
    const wire = createWire({
      local,
      pause: () => pause(),
      onInvoke: (event) => work(lambda.deliver(JSON.parse(event))),
      onSend: (request) => {
        if (!request.includes(`"QueueUrl":"${innerQueue}"`)) return;
        mapping.pollAfter(Number(/"DelaySeconds":(\d+)/.exec(request)?.[1] ?? 0) * second);
      },
    });
    let failures = 0;
    const write = (line: string) => {
      if (line.length > 8_192) violations.push(`a log line of ${line.length} characters`);
      const parsed = JSON.parse(line) as LogLine;
      lines.push(parsed);
      if (parsed.level === "ERROR" && "errorMessage" in parsed) failures += 1;
    };
    const parts = account.partsOver(wire.requestHandler, write);
    const handler = createStartTask(tamper.parts?.(parts) ?? parts);
    const served = tamper.handler?.(handler) ?? handler;
    return {
      ...wire,
      /** Serves one call at a time, so that every failure line is one of the call's. */
      handler: async (event, context) => {
        const before = failures;
        const check = (failed: number, what: string) => {
          if (failures - before < failed) violations.push(`${failed} failures without a log line: ${what}`);
        };
        try {
          const result = await served(event, context);
          if ("batchItemFailures" in result) check(result.batchItemFailures.length, "messages of a batch");
          if ("rejected" in result) check(1, result.rejected);
          return result;
        } catch (error) {
          check(1, String(error));
          throw error;
        }
      },
    };
  };

  let pending = 0;
  const work = (doing: Promise<unknown>) => {
    pending += 1;
    doing
      .catch((error: unknown) => violations.push(String(error)))
      .finally(() => {
        pending -= 1;
      });
  };
  let dropped: unknown[] = [];
  const lambda = createLambda(clock, start, async (record, event) => {
    // A batch, because faults break only the single SendMessage calls of the function.
    const Entries = [{ Id: "1", MessageBody: JSON.stringify(record) }];
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: deadLetterQueue, Entries }),
    );
    if (Failed.length > 0) dropped.push(event);
  });
  const mapping = createQueueMapping(clock, sqs, innerQueue, lambda.invoke);

  const takeDlqMessages = async (): Promise<DlqMessage[]> =>
    Promise.all((await account.take(deadLetterQueue)).map((body) => openDlqMessage(bucket, body)));

  const rest = async () => {
    const isAtRest = () =>
      pending === 0 && mapping.isIdle() && local.tasks().every(({ lastStatus }) => lastStatus === "STOPPED");
    for (let hours = 0; hours < 1_000; hours += 1) {
      await clock.advance(hour);
      if (isAtRest()) return;
    }
    throw new Error("The account does not come to rest.");
  };

  let histories = 0;
  const play = async (given: History) => {
    const { eventCases, deliveryDelays, faults, pauses, secondRedriveAfterMs } = given;
    const name = `h${++histories}`;
    const began = now();
    const events = eventCases.map((each, index) => eventOf(each, `${name}-${index}`, began));
    const tasks = new Map<string, LaunchedTask>();
    let isRedriving = false;
    let deliveryIndex = 0;
    let calls = 0;

    const launched = (taskArn: string, startedBy = ""): LaunchedTask => {
      const [eventId = "", launchId = ""] = startedBy.split("/");
      const task = local.tasks().find(({ arn }) => arn === taskArn)!;
      const variables = task.launch.input.overrides?.containerOverrides?.[0]?.environment ?? [];
      const attempt = Number(variables.find(({ name }) => name === "LAUNCH_ATTEMPT")?.value ?? 1);
      const index = Number(eventId.split("-")[1]);
      const end = isRedriving ? undefined : eventCases[index]?.ends[attempt - 1];
      if (end?.kind === "stopsBeforeItRuns") clock.setTimer(20, () => task.stop(end.stopCode));
      return { taskArn, index, launchId, attempt, createdAt: now(), end, redriven: isRedriving };
    };
    onTaskEvent = (change) => {
      const { taskArn, lastStatus, startedBy } = change.detail as Record<string, string>;
      if (lastStatus === "PROVISIONING" && !tasks.has(taskArn!)) {
        tasks.set(taskArn!, launched(taskArn!, startedBy));
      }
      const { end } = tasks.get(taskArn!)!;
      if (lastStatus === "RUNNING" && end?.kind === "stops") {
        const task = local.tasks().find(({ arn }) => arn === taskArn)!;
        clock.setTimer(end.after, () => task.stop(end.stopCode, end.stopCode ? undefined : "no code"));
      }
      if (lastStatus !== "STOPPED") return;
      const event = stateChange(change);
      for (const delay of deliveryDelays[deliveryIndex++ % deliveryDelays.length]!)
        work(sleep(delay).then(() => lambda.deliver(event)));
    };
    endOf = (taskArn) => tasks.get(taskArn)?.end;
    pause = () => {
      const ms = pauses[calls++ % pauses.length]!;
      return ms > 0 ? clock.sleep(ms) : undefined;
    };

    local.faults.set(faults);
    for (const [index, { delivered }] of eventCases.entries()) {
      for (const at of delivered) work(sleep(at).then(() => lambda.deliver(events[index])));
    }
    await rest();
    local.faults.set([]);
    const played: Played = {
      history: given,
      events,
      tasks: [...tasks.values()],
      lines: [...lines],
      dlqMessages: await takeDlqMessages(),
      dropped,
    };
    violations.push(...verify(played));

    // ECS forgets a client token a day after its use, to the second: redrives in that very second may start two tasks
    // (docs/aws-behaviour.md). Histories begin and come to rest on the hour, so that they would often meet it.
    await clock.advance(17 * minute);
    isRedriving = true;
    dropped = [];
    // A redriven ECS event may lead to a DLQ message of its start event, which is redriven in the next round.
    let dlqMessages = played.dlqMessages;
    const redriven = [...dlqMessages];
    for (let round = 0; dlqMessages.length > 0 && round < 3; round += 1) {
      for (const dlqMessage of dlqMessages) {
        work(lambda.deliver(dlqMessage.message));
        work(sleep(secondRedriveAfterMs).then(() => lambda.deliver(dlqMessage.message)));
      }
      await rest();
      dlqMessages = await takeDlqMessages();
      redriven.push(...dlqMessages);
    }
    const after = { ...played, tasks: [...tasks.values()], lines: [...lines], dlqMessages: redriven };
    violations.push(...verify(after, { isRedriven: true }));

    onTaskEvent = () => {};
    const found = violations.splice(0);
    lines.length = 0;
    dropped = [];
    local.taskEvents.length = 0;
    return { violations: found, counts: countsOf(played), after };
  };

  return { play };
};
