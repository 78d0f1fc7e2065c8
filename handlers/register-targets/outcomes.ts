import type { DeadLetterQueue } from "../shared/dead-letter-queue";
import type { Delivery } from "../shared/envelope";
import { nameOfError, PermanentError } from "../shared/failures";
import { toErrorFields } from "../shared/log";
import type { InvocationContext } from "./invocation-context";
import type { Message } from "./messages";
import { createCount } from "./metrics";
import type { Report } from "./report";
import type { RecordRefusal } from "./service-changes";

/** The report for each service that the input was about. Empty for a task that no launch route launched. */
export type Handled = { services: Record<string, Report> };
/** The input is in the DLQ, for this reason. */
export type Rejected = { rejected: string };
export type Outcome = Handled | Rejected;

type MessageOutcome = Outcome | { error: unknown };

/** A log line of a failure names at most so many messages. */
const maxLoggedIds = 10;

/** The outcome of each message of an invocation, and where its failures go: log, metrics and DLQ. */
export type Outcomes = {
  get(message: Message): MessageOutcome | undefined;
  setReports(message: Message, services: Record<string, Report>): void;
  /** Gives a message the outcome of another one. */
  copy(from: Message, to: Message): void;
  /** Logs and counts an error, once for all messages that failed with it. */
  reportFailure(service: string, error: unknown, messageIds: readonly string[]): void;
  /** Sends the message to the DLQ after a permanent error. After any other error the message is retried. */
  fail(message: Message, delivery: Delivery, error: unknown): Promise<void>;
  /** @param delivery the event that led to the registration */
  createRecordRefusal(service: string, delivery: Delivery): RecordRefusal;
};

/** The error that a message of several fails with: a transient one if any, because a retry is idempotent for the rest. */
export const decidingError = (errors: readonly unknown[]): unknown =>
  errors.find((error) => !(error instanceof PermanentError)) ?? errors[0];

export const createOutcomes = (
  { emit, log }: InvocationContext,
  deadLetterQueue: DeadLetterQueue,
  functionArn: string,
): Outcomes => {
  const outcomes = new Map<Message, MessageOutcome>();

  const sendToDlq = (delivery: Delivery, reason: Error) =>
    deadLetterQueue.send({
      requestId: delivery.fallbackId,
      functionArn,
      invokeCount: delivery.deliveries,
      event: delivery.event,
      reason: { errorType: reason.name, errorMessage: reason.message },
    });

  const reportFailure: Outcomes["reportFailure"] = (service, error, messageIds) => {
    emit([createCount("failures", service, messageIds.length, nameOfError(error))]);
    log.error("input failed", {
      service,
      messages: messageIds.length,
      messageIds: messageIds.slice(0, maxLoggedIds),
      ...toErrorFields(error),
    });
  };

  return {
    get: (message) => outcomes.get(message),
    setReports: (message, services) => void outcomes.set(message, { services }),
    copy: (from, to) => void outcomes.set(to, outcomes.get(from)!),
    reportFailure,
    async fail(message, delivery, error) {
      if (!(error instanceof PermanentError)) {
        outcomes.set(message, { error });
        return;
      }
      try {
        await sendToDlq(delivery, error);
        outcomes.set(message, { rejected: error.message });
      } catch (sendError) {
        reportFailure("unknown", sendError, [message.messageId]);
        outcomes.set(message, { error: sendError });
      }
    },
    createRecordRefusal: (service, delivery) => async (taskArn, reason) => {
      log.error("task cannot be registered", { service, taskArn, ...toErrorFields(reason) });
      await sendToDlq(
        delivery,
        new PermanentError(reason.name, `${service}: ${taskArn} is stopped: ${reason.message}`),
      );
    },
  };
};
