import type { Clock } from "../clock";
import { messageOf } from "../message-of";
import type { Metrics } from "../metrics";
import type { OutgoingMessage } from "../sqs";
import { destinationRecord, dlqAttributes, type InvocationResult } from "./destination-record";
import type { AsyncPolicy, DeployedFunction, Invocation, Outcome } from "./types";

/** The attempt did not run: the function has no concurrency left. */
export class Throttled extends Error {}

export interface AsyncOptions {
  clock: Clock;
  /** Called before each attempt, so that a new deployment takes effect. */
  find(invocation: Invocation): Promise<{ deployed: DeployedFunction; policy: AsyncPolicy }>;
  /** Rejects with Throttled. */
  attempt(deployed: DeployedFunction, invocation: Invocation): Promise<Outcome>;
  /** Sends with the role of the function. Rejects if the queue does not accept the message. */
  deliver(deployed: DeployedFunction, arn: string, message: OutgoingMessage): Promise<void>;
  metrics: Metrics;
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const WAIT_AFTER_ERROR_MS = [60_000, 120_000];
const FIRST_WAIT_AFTER_THROTTLE_MS = 1000;
const MAX_WAIT_AFTER_THROTTLE_MS = 300_000;

/** Lambda's asynchronous queue: retries with backoff, then sends to the on-failure destination and the DLQ. */
export class AsyncInvocations {
  constructor(private readonly options: AsyncOptions) {}

  /** Ends an invocation that Lambda has stopped as part of a recursive loop. */
  async stop(invocation: Invocation): Promise<void> {
    const { deployed, policy } = await this.options.find(invocation);
    return this.end(invocation, deployed, policy, { condition: "RecursiveInvocation", attempts: 0 });
  }

  /** Resolves when the invocation has succeeded or no retry is left. */
  async run(invocation: Invocation): Promise<void> {
    const { clock } = this.options;
    const acceptedAt = clock.now().getTime();
    let attempts = 0;
    let throttles = 0;
    let outcome: Outcome | undefined;
    for (;;) {
      const { deployed, policy } = await this.options.find(invocation);
      const end = (condition: InvocationResult["condition"]) =>
        this.end(invocation, deployed, policy, { condition, attempts, outcome });
      const answer = await this.attempt(deployed, invocation);
      let wait: number;
      if (answer === "throttled") {
        wait = Math.min(FIRST_WAIT_AFTER_THROTTLE_MS * 2 ** throttles, MAX_WAIT_AFTER_THROTTLE_MS);
        throttles += 1;
      } else {
        outcome = answer;
        attempts += 1;
        if (!outcome.failed) return end("Success");
        if (attempts > policy.maximumRetryAttempts) return end("RetriesExhausted");
        wait = WAIT_AFTER_ERROR_MS[attempts - 1] ?? 0;
      }
      const age = clock.now().getTime() + wait - acceptedAt;
      if (age > policy.maximumEventAgeSeconds * 1000) return end("EventAgeExceeded");
      await clock.sleep(wait);
    }
  }

  private async attempt(deployed: DeployedFunction, invocation: Invocation): Promise<Outcome | "throttled"> {
    try {
      return await this.options.attempt(deployed, invocation);
    } catch (error) {
      if (error instanceof Throttled) return "throttled";
      throw error;
    }
  }

  private async end(
    invocation: Invocation,
    deployed: DeployedFunction,
    policy: AsyncPolicy,
    result: InvocationResult,
  ): Promise<void> {
    const { clock, metrics } = this.options;
    const failed = result.condition !== "Success";
    const destination = failed ? policy.onFailure : policy.onSuccess;
    const traceHeader = invocation.trace;
    if (destination) {
      const body = JSON.stringify(destinationRecord(invocation, result, clock.now()));
      await this.deliver("DestinationDeliveryFailures", deployed, destination, { body, traceHeader });
    }
    if (failed && deployed.dlqArn) {
      const attributes = dlqAttributes(invocation, result);
      const message = { body: invocation.event, attributes, traceHeader };
      await this.deliver("DeadLetterErrors", deployed, deployed.dlqArn, message);
    }
    if (failed) {
      const kept = destination ?? deployed.dlqArn ?? "nowhere";
      const why = `${result.condition} of event ${invocation.requestId}, which went ${kept === "nowhere" ? kept : `to ${kept}`}`;
      metrics.count("AWS/Lambda AsyncEventsDropped", deployed.name, why);
    }
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  private async deliver(
    metric: "DestinationDeliveryFailures" | "DeadLetterErrors",
    deployed: DeployedFunction,
    arn: string,
    message: OutgoingMessage,
  ): Promise<void> {
    try {
      await this.options.deliver(deployed, arn, message);
    } catch (error) {
      const why = `no message of ${deployed.name} is delivered to ${arn}: ${messageOf(error)}`;
      this.options.metrics.count(`AWS/Lambda ${metric}`, deployed.name, why);
    }
  }
}
