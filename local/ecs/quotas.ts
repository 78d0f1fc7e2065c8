import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { TokenBucket } from "./token-bucket";

/** Number of calls in one account and region, by action. */
export type CallCounts = Record<string, { calls: number; throttled: number }>;

interface Quota {
  burst: number;
  perSecond: number;
  actions: string[];
}

/**
 * Request quotas of an account in a region: all actions of an entry share one bucket
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html). The quotas on clusters, services,
 * task definitions and settings are not emulated: the functions do not call these actions, and Terraform on a virtual
 * clock would wait for a bucket that never refills.
 */
const QUOTAS: Quota[] = [
  {
    burst: 100,
    perSecond: 20,
    actions: [
      "DescribeContainerInstances",
      "DescribeTasks",
      "ListAttributes",
      "ListContainerInstances",
      "ListTasks",
    ],
  },
  {
    burst: 100,
    perSecond: 40,
    actions: [
      "DeleteAttributes",
      "DeregisterContainerInstance",
      "ExecuteCommand",
      "PutAttributes",
      "RunTask",
      "StartTask",
      "StopTask",
      "UpdateContainerAgent",
      "UpdateContainerInstancesState",
    ],
  },
  { burst: 20, perSecond: 10, actions: ["TagResource", "UntagResource"] },
  { burst: 50, perSecond: 20, actions: ["ListTagsForResource"] },
  { burst: 200, perSecond: 80, actions: ["GetTaskProtection", "UpdateTaskProtection"] },
];

/** Counts the calls of one account in one region, and throttles those above their quota. */
export class Quotas {
  private readonly buckets = new Map<string, TokenBucket>();
  private readonly counts: CallCounts = {};

  constructor(
    clock: Clock,
    private readonly throttled: boolean,
  ) {
    for (const { actions, burst, perSecond } of QUOTAS) {
      const bucket = new TokenBucket(clock, burst, perSecond);
      for (const action of actions) this.buckets.set(action, bucket);
    }
  }

  /** Throws ThrottlingException if the call is above the quota of its action. */
  countCall(action: string): void {
    this.countOf(action).calls += 1;
    const bucket = this.buckets.get(action);
    if (this.throttled && bucket && !bucket.take(1)) this.throttle(action);
  }

  /** Counts a throttled call, and throws ThrottlingException. */
  throttle(action: string): never {
    this.countOf(action).throttled += 1;
    throw new AwsError("ThrottlingException", "Rate exceeded");
  }

  counted(): CallCounts {
    return structuredClone(this.counts);
  }

  private countOf(action: string): { calls: number; throttled: number } {
    this.counts[action] ??= { calls: 0, throttled: 0 };
    return this.counts[action];
  }
}
