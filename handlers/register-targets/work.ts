import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Log } from "../shared/log";
import type { EmitMetrics } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { InstanceIds } from "../shared/task-target";
import { type Calls, createPaces, type Paces } from "./calls";
import type { Routes } from "./environment";

/** What an execution environment keeps from one invocation to the next. It may be lost at any time. */
export type Memory = {
  paces: Paces;
  instanceIds: InstanceIds;
  /** When the last look at a whole service that came to its end began, in ms since 1970, by service. */
  fullLooks: Map<string, number>;
};

export const createMemory = (now: () => number, sleep: Sleep): Memory => ({
  paces: createPaces(now, sleep),
  instanceIds: new Map(),
  fullLooks: new Map(),
});

/** What all parts of one invocation work with. */
export type Work = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sqs: SQSClient;
  recheckQueueUrl: string;
  routes: Routes;
  /** The time by AWS's clock, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Milliseconds until Lambda ends the invocation. */
  remaining: () => number;
  calls: Calls;
  memory: Memory;
  emit: EmitMetrics;
  log: Log;
};
