import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Log } from "../shared/log";
import type { EmitMetrics } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { SendMessage } from "../shared/send-message";
import type { InstanceIds } from "../shared/task-target";
import type { Routes } from "./environment";
import type { AwsCalls } from "./rate-limited-calls";
import { createRateLimiters, type RateLimiters } from "./rate-limits";

/** State that an execution environment keeps between invocations. Lambda may drop it at any time. */
export type EnvironmentState = {
  rateLimiters: RateLimiters;
  instanceIds: InstanceIds;
  /** When the last completed full check of a service began, in ms since 1970, by service. */
  lastFullChecks: Map<string, number>;
};

export const createEnvironmentState = (now: () => number, sleep: Sleep): EnvironmentState => ({
  rateLimiters: createRateLimiters(now, sleep),
  instanceIds: new Map(),
  lastFullChecks: new Map(),
});

export type InvocationContext = {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  sendMessage: SendMessage;
  recheckQueueUrl: string;
  routes: Routes;
  /** AWS's time, in ms since 1970. */
  now: () => number;
  sleep: Sleep;
  /** Milliseconds until Lambda stops the invocation. */
  getRemainingMs: () => number;
  calls: AwsCalls;
  state: EnvironmentState;
  emit: EmitMetrics;
  log: Log;
};
