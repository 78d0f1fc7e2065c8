import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { messageOf } from "../message-of";
import type { Metrics } from "../metrics";
import { allowsService } from "../resource-policy";
import { deliverWithRetries, type FailedDelivery } from "../retries";
import { jsonCall, type ServiceCalls } from "../service-calls";
import type { Sqs } from "../sqs";
import type { MessageAttributes } from "../sqs/message";
import type { Event } from "./event";
import type { EventLogs } from "./event-logs";
import type { Rule, Target } from "./rules";
import { targetInput } from "./target-input";

export interface DeliveryOptions {
  calls: Pick<ServiceCalls, "make">;
  clock: Clock;
  sqs: Sqs;
  eventLogs: Pick<EventLogs, "write">;
  /** Sends an event to a function. Rejects with the error of Lambda. */
  invoke(arn: string, event: string, ruleArn: string): Promise<void>;
  metrics: Metrics;
  log(line: string): void;
}

/** The `ERROR_CODE` that EventBridge writes for permanent errors. */
const ERROR_CODES: Record<string, string> = {
  AccessDenied: "NO_PERMISSIONS",
  AccessDeniedException: "NO_PERMISSIONS",
  ResourceNotFoundException: "NO_RESOURCE",
  StateMachineDoesNotExist: "NO_RESOURCE",
};

/** Delivers events to targets with retries, and then sends them to the target's dead-letter queue (DLQ). */
export class Delivery {
  constructor(private readonly options: DeliveryOptions) {}

  /** Resolves when the event is delivered or has failed permanently. */
  async deliver(rule: Rule, target: Target, event: Event): Promise<void> {
    const failure = await deliverWithRetries(this.options.clock, target.RetryPolicy, () =>
      this.deliverOnce(rule, target, targetInput(target, event, rule)),
    );
    if (failure) this.handleFailure(rule, target, event, failure);
  }

  private async deliverOnce(rule: Rule, target: Target, input: string): Promise<void> {
    const service = target.Arn.split(":")[2];
    if (service === "lambda") return this.options.invoke(target.Arn, input, rule.Arn);
    if (service === "sqs") return this.send(target.Arn, input, {}, rule.Arn);
    if (service === "logs" && !isTransformed(target))
      return this.options.eventLogs.write(target.Arn, input, rule.Arn);
    if (service === "states") return this.start(target, input, rule.Arn);
    const what = service === "logs" ? "a transformed event to a log group" : `to ${service}`;
    this.options.log(`events: rule ${rule.Name}: local AWS does not deliver ${what} (${target.Arn})`);
  }

  private async start({ Arn, RoleArn = "" }: Target, input: string, sourceArn: string): Promise<void> {
    const region = Arn.split(":")[3] ?? "";
    const actor = { roleArn: RoleArn, principal: "events.amazonaws.com", sourceArn };
    const call = jsonCall("states", region, "StartExecution", { stateMachineArn: Arn, input });
    await this.options.calls.make(actor, call);
  }

  private send(arn: string, body: string, attributes: MessageAttributes, ruleArn: string): void {
    const queue = this.options.sqs.queueByArn(arn);
    if (!queue) throw new AwsError("ResourceNotFoundException", `There is no queue ${arn}.`);
    const allowed = allowsService(queue.attributes.Policy, {
      service: "events.amazonaws.com",
      action: "sqs:SendMessage",
      resource: arn,
      context: {
        "aws:sourcearn": ruleArn,
        "aws:sourceaccount": ruleArn.split(":")[4] ?? "",
        "aws:securetransport": "true",
      },
    });
    if (!allowed)
      throw new AwsError(
        "AccessDeniedException",
        `The policy of ${arn} does not allow ${ruleArn} to send to it.`,
      );
    queue.send({ body, attributes });
  }

  private handleFailure(rule: Rule, target: Target, event: Event, failure: FailedDelivery): void {
    const { log, metrics } = this.options;
    const what = `events: rule ${rule.Name} could not deliver event ${event.id} to ${target.Arn}: ${messageOf(failure.error)}`;
    const queue = target.DeadLetterConfig?.Arn;
    metrics.count("AWS/Events FailedInvocations", rule.Name, what);
    if (!queue) {
      log(`events: event ${event.id} is lost: the target has no dead-letter queue.`);
      return;
    }
    try {
      this.send(queue, JSON.stringify(event), dlqAttributes(rule, target, failure), rule.Arn);
    } catch (error) {
      const why = `event ${event.id} is lost: ${messageOf(error)}`;
      metrics.count("AWS/Events InvocationsFailedToBeSentToDlq", rule.Name, why);
    }
  }
}

/** AWS takes only an object with `timestamp` and `message` for a log group then. */
const isTransformed = ({ Input, InputPath, InputTransformer }: Target): boolean =>
  Input !== undefined || InputPath !== undefined || InputTransformer !== undefined;

function dlqAttributes(
  rule: Rule,
  target: Target,
  { error, retries, exhausted }: FailedDelivery,
): MessageAttributes {
  const code = error instanceof AwsError ? ERROR_CODES[error.code] : undefined;
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  return {
    RULE_ARN: text(rule.Arn),
    TARGET_ARN: text(target.Arn),
    ERROR_CODE: text(code ?? "SDK_CLIENT_ERROR"),
    ERROR_MESSAGE: text(messageOf(error)),
    RETRY_ATTEMPTS: { DataType: "Number", StringValue: String(retries) },
    ...(exhausted ? { EXHAUSTED_RETRY_CONDITION: text(exhausted) } : {}),
  };
}
