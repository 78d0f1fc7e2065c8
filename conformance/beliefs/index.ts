import type { Belief } from "../belief";
import { ecsLaunches } from "./ecs-launches";
import { ecsQuotas } from "./ecs-quotas";
import { ecsTasks } from "./ecs-tasks";
import { events } from "./events";
import { lambda } from "./lambda";
import { loadBalancing } from "./load-balancing";
import { others } from "./others";
import { s3 } from "./s3";
import { sqs } from "./sqs";

/** By the headings of docs/aws-behaviour.md. */
export const groups: Readonly<Record<string, readonly Belief[]>> = {
  "ECS launches": ecsLaunches,
  "ECS tasks": ecsTasks,
  "ECS quotas": ecsQuotas,
  "Elastic Load Balancing": loadBalancing,
  S3: s3,
  SQS: sqs,
  "EventBridge and its Scheduler": events,
  Lambda: lambda,
  "Not of one service": others,
};

export const beliefs = Object.values(groups).flat();
