import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createSharedDescribe } from "../handlers/shared/shared-describe";
import { waitForTask } from "../handlers/start-task/wait-for-task";
import { VirtualClock } from "../local/clock";

export type WaitLag = {
  starts: number;
  /** Seconds from the task's running to the function's knowing it. */
  p50: number;
  p90: number;
  p99: number;
};

const starts = 20_000;
const shortestStartMs = 15_000;
const longestStartMs = 120_000;

const taskArn = "arn:aws:ecs:eu-west-1:123456789012:task/engines/1";
const route = {
  cluster: "engines",
  family: "auth",
  container: "main",
  subnets: ["subnet-1"],
  securityGroups: [],
  allowOverrides: [],
};

// The function's own waiting, with an ECS that does nothing but tell the time.
const lagOf = async (startMs: number): Promise<number> => {
  const clock = new VirtualClock();
  const now = () => clock.now().getTime();
  const runsAt = now() + startMs;
  const ecs = {
    send: async () => ({ tasks: [{ taskArn, lastStatus: now() < runsAt ? "PENDING" : "RUNNING" }] }),
  };
  const sleep = (ms: number) => clock.sleep(ms);
  const waiting = {
    ecs: ecs as unknown as ECSClient,
    describeTaskAfter: createSharedDescribe(ecs as unknown as ECSClient, sleep),
    elb: {} as ElasticLoadBalancingV2Client,
    now,
    sleep,
    deadline: now() + 300_000,
    waitFor: "running" as const,
  };
  const target = { service: "auth", route, overrides: {} };
  const lag = waitForTask(waiting, target, { taskArn, duplicate: false }).then(() => now() - runsAt);
  await clock.advance(longestStartMs + 10_000);
  return lag;
};

/**
 * How late a waiting function learns that its task runs, when a start takes 15 to 120 seconds, each as likely: on
 * a clock that does not wait.
 */
export const measureWaitLag = async (): Promise<WaitLag> => {
  const lags: number[] = [];
  for (let n = 0; n < starts; n++) {
    lags.push(await lagOf(shortestStartMs + ((longestStartMs - shortestStartMs) * n) / starts));
  }
  lags.sort((a, b) => a - b);
  const quantile = (q: number): number => lags[Math.floor(q * starts)]! / 1000;
  return { starts, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) };
};
