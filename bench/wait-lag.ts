import type { ECSClient } from "@aws-sdk/client-ecs";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { createSharedDescribe } from "../handlers/shared/shared-describe";
import { waitForTask } from "../handlers/start-task/wait-for-task";
import { VirtualClock } from "../local/clock";

export type WaitLag = {
  starts: number;
  /** Seconds from RUNNING until the function knows it. */
  p50: number;
  p90: number;
  p99: number;
};

const starts = 20_000;
const minStartMs = 15_000;
const maxStartMs = 120_000;

const taskArn = "arn:aws:ecs:eu-west-1:123456789012:task/engines/1";
const route = {
  cluster: "engines",
  family: "auth",
  container: "main",
  subnets: ["subnet-1"],
  securityGroups: [],
  allowOverrides: [],
};

// The wait of the function, with an ECS stub that only depends on time.
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
  await clock.advance(maxStartMs + 10_000);
  return lag;
};

/**
 * Measures when a waiting function learns that its task runs, with a virtual clock. Starts take 15 to 120 seconds, all
 * equally likely.
 */
export const measureWaitLag = async (): Promise<WaitLag> => {
  const lags: number[] = [];
  for (let n = 0; n < starts; n++) {
    lags.push(await lagOf(minStartMs + ((maxStartMs - minStartMs) * n) / starts));
  }
  lags.sort((a, b) => a - b);
  const quantile = (q: number): number => lags[Math.floor(q * starts)]! / 1000;
  return { starts, p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) };
};
