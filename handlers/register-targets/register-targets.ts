import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Context, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import { createDeadLetterQueue } from "../shared/dead-letter-queue";
import { createLog, type WriteLine, writeToStdout } from "../shared/log";
import { createMetricsEmitter } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { SendMessage } from "../shared/send-message";
import type { RegisterTargetsSettings } from "./environment";
import { findServices } from "./find-services";
import { createHandleServiceMessage } from "./handle-service-message";
import { createHandleTaskMessages, isTaskMessage } from "./handle-task-messages";
import { readInput } from "./input";
import { createEnvironmentState, type InvocationContext } from "./invocation-context";
import { createDirectMessage, type Message, type ReadMessage, readMessages } from "./messages";
import { createOutcomes, type Outcome } from "./outcomes";
import { createAwsCalls } from "./rate-limited-calls";

export type RegisterTargetsParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sendMessage: SendMessage;
  environment: RegisterTargetsSettings;
  /** AWS's time, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

export type Invocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

/**
 * The function `register-targets`. Every input only says which tasks or services to check. These are reconciled with
 * their target groups, once for all messages of a batch. After a transient error the input is retried: the error is
 * thrown, or in a batch the message stays in the queue. After a permanent error the input goes to the DLQ with the reason.
 */
export const createRegisterTargets = (parts: RegisterTargetsParts) => {
  const { sendMessage, environment, now, sleep, write = writeToStdout } = parts;
  const { ROUTES: routes, RECHECK_QUEUE_URL: recheckQueueUrl } = environment;
  const log = createLog(environment.LOG_LEVEL, write);
  const deadLetterQueue = createDeadLetterQueue(sendMessage, environment.DEAD_LETTER_QUEUE_URL, now);
  const state = createEnvironmentState(now, sleep);

  const handleMessages = async (messages: readonly Message[], invocation: Invocation) => {
    const getRemainingMs = () => invocation.getRemainingTimeInMillis();
    const context: InvocationContext = {
      ...parts,
      recheckQueueUrl,
      routes,
      getRemainingMs,
      calls: createAwsCalls(state.rateLimiters, sleep, getRemainingMs),
      state,
      emit: createMetricsEmitter(invocation.functionName, now, write),
      log,
    };
    const outcomes = createOutcomes(context, deadLetterQueue, invocation.invokedFunctionArn);

    const read = async (message: Message): Promise<ReadMessage[]> => {
      let delivery = message.unopened;
      try {
        delivery = await message.open();
        const input = readInput(delivery, now());
        return [{ message, delivery, input, services: findServices(routes, input) }];
      } catch (error) {
        outcomes.reportFailure("unknown", error, [message.messageId]);
        await outcomes.fail(message, delivery, error);
        return [];
      }
    };

    const timeoutMs = getRemainingMs();
    const readable = (await Promise.all(messages.map(read))).flat();
    const taskMessages = readable.filter(isTaskMessage);
    if (taskMessages.length > 0) {
      await createHandleTaskMessages(context, outcomes, timeoutMs)(taskMessages);
    }
    const handleServiceMessage = createHandleServiceMessage(context, outcomes);
    // Reminders from before an upgrade name no tasks: one check of the service is enough for all of them.
    const rechecked = new Map<string, Message>();
    for (const each of readable.filter((message) => !isTaskMessage(message))) {
      const { input, message } = each;
      const same = input.kind === "recheck" ? rechecked.get(input.service) : undefined;
      if (same === undefined) await handleServiceMessage(each);
      else outcomes.copy(same, message);
      if (input.kind === "recheck") rechecked.set(input.service, message);
    }
    return outcomes;
  };

  return async (input: unknown, invocation: Invocation): Promise<Outcome | SQSBatchResponse> => {
    const messages = readMessages(input);
    if (messages === undefined) {
      const message = createDirectMessage(input, invocation.awsRequestId);
      const outcome = (await handleMessages([message], invocation)).get(message)!;
      if ("error" in outcome) throw outcome.error;
      return outcome;
    }
    const outcomes = await handleMessages(messages, invocation);
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const message of messages) {
      const outcome = outcomes.get(message);
      if (outcome === undefined || "error" in outcome) {
        batchItemFailures.push({ itemIdentifier: message.messageId });
      }
    }
    return { batchItemFailures };
  };
};
