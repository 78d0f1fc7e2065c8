import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { messageOf } from "../message-of";
import type { Metrics } from "../metrics";
import { allowsService } from "../resource-policy";
import { type GivenUp, persist } from "../retries";
import { jsonCall, type ServiceCalls } from "../service-calls";
import type { Sqs } from "../sqs";
import type { MessageAttributes } from "../sqs/message";
import type { Event } from "./event";
import type { Rule, Target } from "./rules";
import { targetInput } from "./target-input";

export interface DeliveryOptions {
  calls: Pick<ServiceCalls, "make">;
  clock: Clock;
  sqs: Sqs;
  /** Hands an event to a function; rejects with what Lambda answers. */
  invoke(arn: string, event: string, ruleArn: string): Promise<void>;
  metrics: Metrics;
  log(line: string): void;
}

/** What EventBridge writes for trouble that no retry can end. */
const ERROR_CODES: Record<string, string> = {
  AccessDenied: "NO_PERMISSIONS",
  AccessDeniedException: "NO_PERMISSIONS",
  ResourceNotFoundException: "NO_RESOURCE",
  StateMachineDoesNotExist: "NO_RESOURCE",
};

/** Brings events to targets: retries, and gives up into the target's dead-letter queue. */
export class Delivery {
  constructor(private readonly options: DeliveryOptions) {}

  /** Settles when the target has taken the event or it was given up. */
  async deliver(rule: Rule, target: Target, event: Event): Promise<void> {
    const end = await persist(this.options.clock, target.RetryPolicy, () =>
      this.handOver(rule, target, targetInput(target, event, rule)),
    );
    if (end) this.giveUp(rule, target, event, end);
  }

  private async handOver(rule: Rule, target: Target, input: string): Promise<void> {
    const service = target.Arn.split(":")[2];
    if (service === "lambda") return this.options.invoke(target.Arn, input, rule.Arn);
    if (service === "sqs") return this.send(target.Arn, input, {}, rule.Arn);
    if (service === "states") return this.start(target, input, rule.Arn);
    this.options.log(`events: rule ${rule.Name}: local AWS does not deliver to ${service} (${target.Arn})`);
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
      throw new AwsError("AccessDeniedException", `The policy of ${arn} does not let ${ruleArn} send to it.`);
    queue.send({ body, attributes });
  }

  private giveUp(rule: Rule, target: Target, event: Event, end: GivenUp): void {
    const { log, metrics } = this.options;
    const what = `events: rule ${rule.Name} gave up event ${event.id} for ${target.Arn}: ${messageOf(end.error)}`;
    const queue = target.DeadLetterConfig?.Arn;
    metrics.count("AWS/Events FailedInvocations", rule.Name, what);
    if (!queue) {
      log(`events: event ${event.id} is lost: the target has no dead-letter queue.`);
      return;
    }
    try {
      this.send(queue, JSON.stringify(event), deadLetterAttributes(rule, target, end), rule.Arn);
    } catch (error) {
      const why = `event ${event.id} is lost: ${messageOf(error)}`;
      metrics.count("AWS/Events InvocationsFailedToBeSentToDlq", rule.Name, why);
    }
  }
}

function deadLetterAttributes(
  rule: Rule,
  target: Target,
  { error, retries, exhausted }: GivenUp,
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
