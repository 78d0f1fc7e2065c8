import assert from "node:assert/strict";
import { DescribeTasksCommand, TagResourceCommand } from "@aws-sdk/client-ecs";
import type { Account } from "../account";
import type { Belief } from "../belief";
import { accepts } from "../wrong-answers";

/** Makes calls at once, asserts that some are throttled, and waits until the quota is filled again. */
const throttled = async (account: Account, times: number, call: () => Promise<unknown>) => {
  const ended = await Promise.allSettled(Array.from({ length: times }, call));
  await account.sleep(10);
  const reasons = ended.flatMap((each) => (each.status === "rejected" ? [each.reason as Error] : []));
  const other = reasons.find(({ name }) => name !== "ThrottlingException");
  if (other) throw other;
  assert.ok(reasons.length > 0, `${times} calls at once, and none is throttled.`);
  assert.ok(reasons.length < times, "Every call is throttled.");
};

// A check that is throttled needs the quota for itself, so it takes it from other users of the account for some seconds.
export const ecsQuotas: readonly Belief[] = [
  {
    id: "ecs-read-quota",
    sentence:
      "All `DescribeTasks` and `ListTasks` of an account in a region share 100 calls, and 20 more each second; others get `ThrottlingException`.",
    source: "ECS API Reference, `request-throttling.html`",
    certainty: "documented",
    code: {
      "handlers/register-targets/rate-limits.ts": "20 reads",
      "handlers/shared/shared-describe.ts": "all tasks of its cluster are described",
      "local/ecs/quotas.ts": '"DescribeTasks"',
    },
    tests: "`ecs-quotas.test.ts`: allows 100 reads",
    seconds: 20,
    check: async (account) => {
      const { task } = await account.runningTask();
      const input = { cluster: account.resources.cluster, tasks: [task.taskArn] };
      await throttled(account, 200, () => account.clients.ecs.send(new DescribeTasksCommand(input)));
    },
    wrong: { DescribeTasks: accepts() },
  },
  {
    id: "ecs-launch-quota",
    sentence: "RunTask on Fargate has 20 calls, and 20 more each second; others get `ThrottlingException`.",
    source: "ECS Developer Guide, `throttling.html`",
    certainty: "documented",
    code: {
      "handlers/launch/rate-limit.ts": "twenty launches a second",
      "local/ecs/index.ts": "TokenBucket(clock, 20, 20)",
    },
    tests: "`ecs-quotas.test.ts`: throttles the 21st RunTask",
    seconds: 20,
    check: async (account) => {
      // The same launch again and again starts no further task.
      const { request } = await account.runningTask();
      await throttled(account, 80, () => account.run(request));
    },
    wrong: { RunTask: accepts({ tasks: [{ taskArn: "arn:aws:ecs:::task/cluster/1" }] }) },
  },
  {
    id: "ecs-tag-quota",
    sentence: "`TagResource` has 20 calls, and 10 more each second; others get `ThrottlingException`.",
    source: "ECS API Reference, `request-throttling.html`",
    certainty: "documented",
    code: {
      "handlers/register-targets/rate-limits.ts": "10 TagResource",
      "local/ecs/quotas.ts": "TagResource",
    },
    tests: "`ecs-quotas.test.ts`: allows 20 writes",
    seconds: 20,
    check: async (account) => {
      const { task } = await account.runningTask();
      const input = { resourceArn: task.taskArn, tags: [{ key: "stopping", value: "no" }] };
      await throttled(account, 60, () => account.clients.ecs.send(new TagResourceCommand(input)));
    },
    wrong: { TagResource: accepts() },
  },
  {
    id: "ecs-start-quota",
    sentence: "Fargate launches 100 tasks, and 20 more each second. Spot has a separate quota.",
    source: "ECS Developer Guide, `throttling.html`",
    certainty: "documented",
    code: { "local/ecs/index.ts": "TokenBucket(clock, 100, 20)" },
    tests: "`ecs.test.ts`: has a separate quota",
    notProvoked: "it would start more than a hundred tasks",
  },
];
