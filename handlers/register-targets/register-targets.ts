import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import { inChunks } from "../shared/chunks";
import { createDeadLetterQueue } from "../shared/dead-letter";
import type { Delivery } from "../shared/envelope";
import { errorName, Rejection } from "../shared/failures";
import { createLog, errorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetrics } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { Refuse, Report } from "./actions";
import { createCalls } from "./calls";
import type { RegisterTargetsSettings } from "./environment";
import { groupBy } from "./group-by";
import { type Input, type Recheck, readInput, type StateChange } from "./input";
import { directMessage, type Message, messagesOf } from "./messages";
import { count } from "./metrics";
import { OutOfTime, reserveMs } from "./pace";
import { reconcile } from "./reconcile";
import { maxHops, remind, sendLater } from "./reminder";
import { servicesOf } from "./services";
import { keyOf, type Subject, settle } from "./settle";
import { stopService } from "./stop";
import { createMemory, type Work } from "./work";

export type RegisterTargetsParts = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sqs: SQSClient;
  environment: RegisterTargetsSettings;
  /** The time by AWS's clock, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

/** What was found and done for each service that the input was about: none, for a task that no route launched. */
export type Served = { services: Record<string, Report> };
export type Rejected = { rejected: string };
export type Outcome = Served | Rejected;

export type Invocation = Pick<
  Context,
  "awsRequestId" | "functionName" | "invokedFunctionArn" | "getRemainingTimeInMillis"
>;

/** A message that was read. */
type Asked<Kind extends Input = Input> = {
  message: Message;
  delivery: Delivery;
  input: Kind;
  services: string[];
};

/** ECS describes a task for at least an hour after it has stopped (API reference of DescribeTasks). */
const describedMs = 3_600_000;
/** Times of events are believed within reason: a day is how long EventBridge tries to hand one over. */
const maxLagMs = 24 * 3_600_000;
const maxSkewMs = 60_000;
/** Each asks Elastic Load Balancing, which allows 40 questions at once and then 10 a second. */
const sweptAtOnce = 5;

/**
 * The function `register-targets`. Every input only says which tasks or services to look at, and those are then brought
 * in sync with their target groups, once for all messages of a batch. A transient error is thrown or, in a batch, leaves
 * the message in the queue; what can never succeed goes to the DLQ with the reason, and takes no other message along.
 */
export const createRegisterTargets = (parts: RegisterTargetsParts) => {
  const { sqs, environment, now, sleep, write = writeToStdout } = parts;
  const { ROUTES: routes, RECHECK_QUEUE_URL: recheckQueueUrl } = environment;
  const log = createLog(environment.LOG_LEVEL, write);
  const deadLetterQueue = createDeadLetterQueue(sqs, environment.DEAD_LETTER_QUEUE_URL, now);
  const memory = createMemory(now, sleep);

  const serveAll = async (
    messages: readonly Message[],
    invocation: Invocation,
  ): Promise<Map<Message, Outcome | { error: unknown }>> => {
    const remaining = () => invocation.getRemainingTimeInMillis();
    const timeoutMs = remaining();
    const emit = createMetrics(invocation.functionName, now, write);
    const calls = createCalls(memory.paces, sleep, remaining);
    const work: Work = { ...parts, recheckQueueUrl, routes, remaining, calls, memory, emit, log };
    const outcomes = new Map<Message, Outcome | { error: unknown }>();

    const sendToDeadLetterQueue = (delivery: Delivery, reason: Error) =>
      deadLetterQueue.send({
        requestId: delivery.fallbackId,
        functionArn: invocation.invokedFunctionArn,
        invokeCount: delivery.deliveries,
        event: delivery.event,
        reason: { errorType: reason.name, errorMessage: reason.message },
      });

    const refuseFor =
      (service: string, delivery: Delivery): Refuse =>
      async (taskArn, reason) => {
        log.error("task cannot be registered", { service, taskArn, ...errorFields(reason) });
        await sendToDeadLetterQueue(
          delivery,
          new Rejection(reason.name, `${service}: ${taskArn} is stopped: ${reason.message}`),
        );
      };

    /** Logs and counts what went wrong, once for all messages that it went wrong for. */
    const note = (service: string, error: unknown, messageIds: readonly string[]) => {
      emit([count("failures", service, messageIds.length, errorName(error))]);
      const some = messageIds.slice(0, 10);
      log.error("input not served", {
        service,
        messages: messageIds.length,
        messageIds: some,
        ...errorFields(error),
      });
    };

    const fail = async (message: Message, delivery: Delivery, error: unknown) => {
      if (!(error instanceof Rejection)) return outcomes.set(message, { error });
      try {
        await sendToDeadLetterQueue(delivery, error);
        return outcomes.set(message, { rejected: error.message });
      } catch (failure) {
        note("unknown", failure, [message.messageId]);
        return outcomes.set(message, { error: failure });
      }
    };

    const read = async (message: Message): Promise<Asked[]> => {
      let delivery = message.unread;
      try {
        delivery = await message.open();
        const input = readInput(delivery, now());
        return [{ message, delivery, input, services: servicesOf(routes, input) }];
      } catch (error) {
        note("unknown", error, [message.messageId]);
        await fail(message, delivery, error);
        return [];
      }
    };

    const subjectsOf = (asked: readonly Asked<StateChange | Recheck>[]): Subject[] => {
      const subjects = new Map<string, Subject>();
      for (const { message, delivery, input, services } of asked) {
        const [service] = services;
        if (service === undefined) continue;
        const triedUntil = message.triedUntil(timeoutMs, delivery);
        const refuse = refuseFor(service, delivery);
        for (const taskArn of input.kind === "change" ? [input.taskArn] : (input.tasks ?? [])) {
          const key = keyOf(service, taskArn);
          const subject: Subject = subjects.get(key) ?? { service, taskArn, refuse };
          subjects.set(key, subject);
          if (triedUntil !== undefined) subject.triedUntil = Math.max(subject.triedUntil ?? 0, triedUntil);
          if (input.kind === "change") addChange(subject, input, now());
          // It ran when the reminder was sent.
          else subject.running = now() - (message.sentAt ?? now()) < describedMs;
        }
      }
      return [...subjects.values()];
    };

    const renew = async (
      { message, delivery, input }: Asked<Recheck>,
      service: string,
      draining: readonly string[],
    ) => {
      const left = (input.tasks ?? []).filter((taskArn) => draining.includes(taskArn));
      try {
        if (left.length > 0 && input.hop >= maxHops) {
          log.warn("tasks still drain: they are left to the sweep", { service, tasks: left });
        } else if (left.length > 0) {
          await calls.make(() => remind(work, service, routes[service]!.drainSeconds, left, input.hop + 1));
        }
      } catch (error) {
        note(service, error, [message.messageId]);
        await fail(message, delivery, error);
      }
    };

    /** State changes, and reminders of tasks. */
    const settleAll = async (asked: readonly Asked<StateChange | Recheck>[]) => {
      const { reports, errors } = await settle(subjectsOf(asked), work);
      for (const [service, report] of reports) log.info("service looked after", { service, ...report });
      const failed: { asked: Asked<StateChange | Recheck>; error: unknown }[] = [];
      for (const each of asked) {
        const { message, input, services } = each;
        const [service] = services;
        const report = service === undefined ? undefined : reports.get(service);
        outcomes.set(message, { services: service && report ? { [service]: report } : {} });
        const arns = input.kind === "change" ? [input.taskArn] : (input.tasks ?? []);
        const wrong = arns
          .map((taskArn) => errors.get(keyOf(service ?? "", taskArn)))
          .filter((error) => error !== undefined);
        if (wrong.length > 0) {
          failed.push({
            asked: each,
            error: wrong.find((error) => !(error instanceof Rejection)) ?? wrong[0],
          });
        } else if (input.kind === "recheck" && service !== undefined) {
          await renew({ ...each, input }, service, report?.draining ?? []);
        }
      }
      for (const [error, together] of groupBy(failed, (each) => each.error)) {
        const ids = together.map(({ asked }) => asked.message.messageId);
        note(together[0]?.asked.services[0] ?? "unknown", error, ids);
        for (const { asked } of together) await fail(asked.message, asked.delivery, error);
      }
    };

    const lookAtAll = async (service: string, { input, delivery }: Asked): Promise<Report> => {
      const sweep = input.kind === "sweep";
      const report = await reconcile(service, work, refuseFor(service, delivery), { sweep });
      if (sweep) {
        emit([count("missing", service, report.missing), count("stale", service, report.stale)]);
      }
      return report;
    };

    /** Hands on to another invocation what does not fit into this one. */
    const handOn = async ({ input }: Asked, services: readonly string[]) => {
      if (input.kind === "stop") {
        if (input.hop >= maxHops) throw new OutOfTime(`stop ${input.id}`);
        const { id, until, hop } = input;
        const time = new Date(until).toISOString();
        const rest = { id, "detail-type": "Stop ECS Tasks", time, detail: { services }, hop: hop + 1 };
        await calls.make(() => sendLater(work, rest));
      } else {
        for (const service of services) await calls.make(() => sendLater(work, { recheck: service }));
      }
      log.info("no time left in this invocation: the rest is left to another one", {
        input: input.kind,
        services,
      });
    };

    /** What is about whole services. It grows with what runs, and may not fit into one invocation. */
    const serveWhole = async (asked: Asked) => {
      const { message, delivery, input } = asked;
      const services: Record<string, Report> = {};
      const errors: unknown[] = [];
      const rest: string[] = [];
      const serveOne = async (service: string) => {
        try {
          if (input.kind === "stop") {
            const refuse = refuseFor(service, delivery);
            const { report, finished } = await stopService(service, input, work, refuse);
            services[service] = report;
            if (!finished) rest.push(service);
          } else {
            services[service] = await lookAtAll(service, asked);
          }
          log.info("service looked after", { service, input: input.kind, ...services[service] });
        } catch (error) {
          if (error instanceof OutOfTime && input.kind === "sweep") return void rest.push(service);
          note(service, error, [message.messageId]);
          errors.push(error);
        }
      };
      // A sweep waits for events most of the time.
      for (const some of inChunks(asked.services, input.kind === "sweep" ? sweptAtOnce : 1)) {
        if (remaining() < reserveMs) rest.push(...some);
        else await Promise.all(some.map(serveOne));
      }
      try {
        if (rest.length > 0) await handOn(asked, rest);
      } catch (error) {
        note("all", error, [message.messageId]);
        errors.push(error);
      }
      outcomes.set(message, { services });
      // The other services did not wait for this one, and another try does them no harm.
      if (errors.length > 0) {
        await fail(message, delivery, errors.find((error) => !(error instanceof Rejection)) ?? errors[0]);
      }
    };

    const asked = (await Promise.all(messages.map(read))).flat();
    const aboutTasks = asked.filter(isAboutTasks);
    if (aboutTasks.length > 0) await settleAll(aboutTasks);
    const whole = asked.filter((each) => !isAboutTasks(each));
    // Reminders from before an upgrade name no tasks: one look at a service does for all of them.
    const looked = new Map<string, Asked>();
    for (const each of whole) {
      const { input, message } = each;
      const same = input.kind === "recheck" ? looked.get(input.service) : undefined;
      if (same === undefined) await serveWhole(each);
      else outcomes.set(message, outcomes.get(same.message)!);
      if (input.kind === "recheck") looked.set(input.service, each);
    }
    return outcomes;
  };

  return async (input: unknown, invocation: Invocation): Promise<Outcome | SQSBatchResponse> => {
    const messages = messagesOf(input);
    if (messages === undefined) {
      const message = directMessage(input, invocation.awsRequestId);
      const outcome = (await serveAll([message], invocation)).get(message)!;
      if ("error" in outcome) throw outcome.error;
      return outcome;
    }
    const outcomes = await serveAll(messages, invocation);
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const message of messages) {
      const outcome = outcomes.get(message);
      // Logged by then; SQS hands over again what is named here.
      if (outcome === undefined || "error" in outcome) {
        batchItemFailures.push({ itemIdentifier: message.messageId });
      }
    }
    return { batchItemFailures };
  };
};

/** It names its tasks, and costs only as much as they do. */
const isAboutTasks = (asked: Asked): asked is Asked<StateChange | Recheck> =>
  asked.input.kind === "change" || (asked.input.kind === "recheck" && asked.input.tasks !== undefined);

const addChange = (subject: Subject, { version, lastStatus, time, address }: StateChange, now: number) => {
  subject.version = Math.max(subject.version ?? 0, version ?? 0);
  subject.address = address ?? subject.address;
  if (lastStatus === "RUNNING") {
    subject.running ||= time === undefined || now - time < describedMs;
    if (time === undefined || time > now + maxSkewMs || time < now - maxLagMs) return;
    subject.runningSince = Math.min(subject.runningSince ?? now, time);
  } else if (time !== undefined) {
    subject.endedAt = Math.max(subject.endedAt ?? 0, time);
  }
};
