import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchItemFailure, SQSBatchResponse } from "aws-lambda";
import { createDeadLetters } from "../shared/dead-letter";
import { type Delivery, openBatch, openEnvelope } from "../shared/envelope";
import { Rejection } from "../shared/failures";
import { createLog, errorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetrics } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { RegisterTargetsSettings } from "./environment";
import { readInput } from "./input";
import { count } from "./metrics";
import type { Report } from "./reconcile";
import { serve } from "./serve";
import { servicesOf } from "./services";

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

type Invocation = Pick<Context, "awsRequestId" | "functionName" | "invokedFunctionArn">;

/**
 * The function `register-targets`. Every input only says which services to look at, and each of them is then made as it
 * should be. What another try may cure is thrown; what none can cure is a dead letter with the reason.
 */
export const createRegisterTargets = (parts: RegisterTargetsParts) => {
  const { sqs, environment, now, write = writeToStdout } = parts;
  const { ROUTES: routes } = environment;
  const log = createLog(environment.LOG_LEVEL, write);
  const deadLetters = createDeadLetters(sqs, environment.DEAD_LETTER_QUEUE_URL, now);

  const serveOne = async (delivery: Delivery, invocation: Invocation): Promise<Outcome> => {
    const emit = createMetrics(invocation.functionName, now, write);
    const giveUp = (reason: Error) =>
      deadLetters.send({
        requestId: delivery.fallbackId,
        functionArn: invocation.invokedFunctionArn,
        invokeCount: delivery.deliveries,
        event: delivery.event,
        reason: { errorType: reason.name, errorMessage: reason.message },
      });
    const refuse = async (service: string, taskArn: string, reason: Rejection) => {
      log.error("task cannot be registered", { service, taskArn, ...errorFields(reason) });
      await giveUp(new Rejection(reason.name, `${service}: ${taskArn} is stopped: ${reason.message}`));
    };
    const watched = async <T>(service: string, work: () => T | Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        emit([count("failures", service, 1, error instanceof Error ? error.name : "Error")]);
        log.error("input not served", { service, ...errorFields(error) });
        throw error;
      }
    };

    const serveAll = async (): Promise<Served> => {
      const { input, asked } = await watched("unknown", () => {
        const input = readInput(delivery, now());
        return { input, asked: servicesOf(routes, input) };
      });
      const services: Record<string, Report> = {};
      const errors: unknown[] = [];
      for (const service of asked) {
        const more = { recheckQueueUrl: environment.RECHECK_QUEUE_URL, emit, refuse };
        try {
          const report = await watched(service, () =>
            serve(service, routes[service]!, input, { ...parts, ...more }),
          );
          log.info("service looked after", { service, input: input.kind, ...report });
          services[service] = report;
        } catch (error) {
          errors.push(error);
        }
      }
      // The other services did not wait for this one, and another try does them no harm.
      if (errors.length > 0) throw errors.find((error) => !(error instanceof Rejection)) ?? errors[0];
      return { services };
    };

    try {
      return await serveAll();
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      await giveUp(error);
      return { rejected: error.message };
    }
  };

  return async (input: unknown, invocation: Invocation): Promise<Outcome | SQSBatchResponse> => {
    const batch = openBatch(input);
    if (batch === undefined) return serveOne(openEnvelope(input, invocation.awsRequestId), invocation);

    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, delivery } of batch) {
      // Logged by serveOne; SQS hands over again what is named here.
      await serveOne(delivery, invocation).catch(() => batchItemFailures.push({ itemIdentifier: messageId }));
    }
    return { batchItemFailures };
  };
};
