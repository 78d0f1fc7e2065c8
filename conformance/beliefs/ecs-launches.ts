import assert from "node:assert/strict";
import {
  ConflictException,
  type DescribeTasksCommandOutput,
  type RunTaskCommandInput,
  type RunTaskCommandOutput,
} from "@aws-sdk/client-ecs";
import type { Account } from "../account";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts, answers, refuses } from "../wrong-answers";

const HOUR = 3600;
const startsATask = accepts({ tasks: [{ taskArn: "arn:aws:ecs:::task/cluster/1" }] });

/** Overrides of exactly this many characters, as JSON. */
const overridesOf = (length: number) => {
  const overrides = (value: string) => ({
    containerOverrides: [{ name: "main", environment: [{ name: "A", value }] }],
  });
  return overrides("x".repeat(length - JSON.stringify(overrides("")).length));
};

const launchRefused = (account: Account, input: Partial<RunTaskCommandInput>, message?: RegExp) =>
  refused(account.clients.ecs.send(account.launch(input)), "InvalidParameterException", message);

const launchTaken = async (account: Account, input: Partial<RunTaskCommandInput>) => {
  const { taskArn } = await account.run(input);
  await account.stop(taskArn);
};

/** A token whose task has stopped, or runs, and what starts after `seconds`. */
const startsAnotherAfter = async (account: Account, seconds: number, stopped: boolean) => {
  const launch = { clientToken: account.unique() };
  const { taskArn } = await account.run(launch);
  if (stopped) {
    await account.stop(taskArn);
    await account.reached(taskArn, "STOPPED");
  }
  await account.sleep(seconds);
  const again = await account.run(launch);
  await account.stop(again.taskArn);
  if (!stopped) await account.stop(taskArn);
  assert.notEqual(again.taskArn, taskArn, "ECS still remembers the token.");
};

export const ecsLaunches: readonly Belief[] = [
  {
    id: "ecs-group-namespace",
    sentence: "A `group` with a colon is refused: `InvalidParameterException: Invalid namespace for group.`",
    source:
      "Four public code bases, one of them after a run on AWS, for `service:`; no source for other names",
    certainty: "reported for `service:`, assumed for other names",
    code: {
      "handlers/shared/task-group.ts": 'groupPrefix = "route-"',
      "local/ecs/check-run-task.ts": "Invalid namespace",
    },
    tests: "`ecs.test.ts`: a RunTask request",
    seconds: 1,
    check: async (account) => {
      await launchRefused(account, { group: "service:conformance" }, /namespace/i);
      await launchRefused(account, { group: "route:conformance" }, /namespace/i);
    },
    wrong: { RunTask: startsATask },
  },
  {
    id: "ecs-group-plain",
    sentence: "A `group` of letters and hyphens of one's own, up to 255 characters, is taken and not longer.",
    source: "ECS Developer Guide, `task-groups.html`",
    certainty: "documented for the length, assumed for names",
    code: {
      "handlers/shared/task-group.ts": 'groupPrefix = "route-"',
      "modules/registrar/main.tf": 'prefix = "route-"',
      "modules/schedule/main.tf": '"route-${var.service}"',
    },
    tests: "`ecs.test.ts`: a RunTask request",
    seconds: 2,
    check: async (account) => {
      await launchTaken(account, { group: `route-${"x".repeat(249)}` });
      await launchRefused(account, { group: "x".repeat(256) });
    },
    wrong: { RunTask: refuses<RunTaskCommandInput>("InvalidParameterException", ({ group }) => group) },
  },
  {
    id: "ecs-group-default",
    sentence: "`family:<family of the task definition>`, the default, is taken as a `group` too.",
    source: "No source",
    certainty: "assumed",
    code: { "local/ecs/check-run-task.ts": "only the default group" },
    tests: "`ecs.test.ts`: is accepted with the group",
    seconds: 2,
    check: (account) => launchTaken(account, { group: `family:${account.resources.families.job}` }),
    wrong: { RunTask: refuses("InvalidParameterException") },
  },
  {
    id: "ecs-overrides-length",
    sentence: "The overrides of RunTask have at most 8,192 characters, JSON punctuation included.",
    source: "API model of the ECS client, RunTask, `overrides`",
    certainty: "documented",
    code: {
      "handlers/launch/task-overrides.ts": "maxOverridesBytes = 8192",
      "modules/schedule/main.tf": 'local.overrides, "-")) <= 8192',
    },
    tests: "`ecs.test.ts`",
    seconds: 2,
    check: async (account) => {
      await launchTaken(account, { overrides: overridesOf(8192) });
      await launchRefused(account, { overrides: overridesOf(8193) });
    },
    wrong: { RunTask: startsATask },
  },
  {
    id: "ecs-started-by",
    sentence: "`startedBy` has up to 128 letters, digits, hyphens, slashes and underscores.",
    source: "API model of the ECS client, RunTask, `startedBy`",
    certainty: "documented",
    code: { "handlers/launch/launch-id.ts": "createStartedBy" },
    tests: "`ecs.test.ts`: a RunTask request",
    seconds: 2,
    check: async (account) => {
      await launchTaken(account, { startedBy: `a-/_9${"x".repeat(123)}` });
      await launchRefused(account, { startedBy: "x".repeat(129) });
      await launchRefused(account, { startedBy: "a:b" });
    },
    wrong: { RunTask: startsATask },
  },
  {
    id: "ecs-client-token-form",
    sentence: "A client token has up to 64 characters of ASCII 33 to 126.",
    source: "API model of the ECS client, RunTask, `clientToken`",
    certainty: "documented",
    code: { "handlers/launch/launch-id.ts": "createClientToken" },
    tests: "`ecs.test.ts`: a RunTask request",
    seconds: 2,
    check: async (account) => {
      const clientToken = `${account.unique()}!~`.padEnd(64, "x");
      await launchTaken(account, { clientToken });
      await launchRefused(account, { clientToken: "x".repeat(65) });
      await launchRefused(account, { clientToken: "a b" });
    },
    wrong: { RunTask: startsATask },
  },
  {
    id: "ecs-client-token-same-task",
    sentence:
      "A repeated request with the same client token starts no second task and is answered with the first one.",
    source: "ECS API Reference, `ECS_Idempotency.html`",
    certainty: "documented",
    code: {
      "handlers/launch/run-task.ts": "duplicate: task.createdAt",
      "handlers/launch/launch-task.ts": "ECS detects a repeated launch by the token",
      "local/ecs/idempotent-launches.ts": "remember(clusterArn",
    },
    tests: "`ecs-client-tokens.test.ts`",
    seconds: 30,
    check: async (account) => {
      const { request, task } = await account.runningTask();
      const again = await account.run(request);
      assert.equal(again.taskArn, task.taskArn);
      assert.deepEqual(again.createdAt, task.createdAt);
    },
    wrong: {
      RunTask: answers<RunTaskCommandOutput>((output) => ({
        ...output,
        tasks: output.tasks?.map((task) => ({ ...task, taskArn: `${task.taskArn}-${Math.random()}` })),
      })),
    },
  },
  {
    id: "ecs-client-token-conflict",
    sentence:
      "The same client token with other parameters gets `ConflictException`, whose `resourceIds` have the ARN of the first task.",
    source: "API model of the ECS client, RunTask, ConflictException",
    certainty: "documented",
    code: {
      "handlers/launch/run-task.ts": "error.resourceIds",
      "handlers/launch/placements.ts": "listPlacements",
    },
    tests: "`ecs-client-tokens.test.ts`: throws ConflictException",
    seconds: 1,
    check: async (account) => {
      const { request, task } = await account.runningTask();
      const other = account.launch({ ...request, startedBy: "other" });
      const error = await refused(account.clients.ecs.send(other), "ConflictException");
      assert.ok(error instanceof ConflictException);
      assert.deepEqual(error.resourceIds, [task.taskArn]);
    },
    wrong: {
      RunTask: (answer) =>
        answer().catch((error: object) => {
          throw Object.assign(error, { resourceIds: undefined });
        }),
    },
  },
  {
    id: "ecs-client-token-of-stopped-task",
    sentence:
      "A repeated request of a stopped task is answered with its ARN and statuses only: there is no `createdAt`.",
    source: "ECS API Reference, `ECS_Idempotency.html`",
    certainty: "documented",
    code: { "handlers/launch/run-task.ts": "duplicate: task.createdAt === undefined" },
    tests: "`ecs-client-tokens.test.ts`: answers a repeated launch",
    seconds: 60,
    check: async (account) => {
      const { request, taskArn } = await account.endedTask();
      const again = await account.run(request);
      assert.equal(again.taskArn, taskArn);
      assert.equal(again.createdAt, undefined);
      assert.equal(again.lastStatus, "STOPPED");
    },
    wrong: {
      RunTask: answers<RunTaskCommandOutput>((output) => ({
        ...output,
        tasks: output.tasks?.map((task) => ({ ...task, createdAt: new Date() })),
      })),
    },
  },
  {
    id: "ecs-client-token-hour",
    sentence: "ECS forgets a client token one hour after the last task of the launch has stopped.",
    source: "ECS API Reference, `ECS_Idempotency.html`",
    certainty: "documented",
    code: {
      "handlers/launch/launch-records.ts": "ECS forgets a client token",
      "modules/launcher/variables.tf": "deduplication_window_hours",
      "local/ecs/idempotent-launches.ts": "TOKEN_AGE_AFTER_STOP_MS = 3_600_000",
    },
    tests: "`ecs-client-tokens.test.ts`: forgets a token one hour",
    seconds: HOUR + 300,
    slow: true,
    check: (account) => startsAnotherAfter(account, HOUR + 120, true),
    wrong: {
      RunTask: answers<RunTaskCommandOutput>(() => ({
        tasks: [{ taskArn: "arn:aws:ecs:::task/cluster/1" }],
      })),
      StopTask: accepts(),
      DescribeTasks: answers<DescribeTasksCommandOutput>(() => ({ tasks: [{ lastStatus: "STOPPED" }] })),
    },
  },
  {
    id: "ecs-client-token-day",
    sentence: "ECS forgets a client token 24 hours after the launch although its task still runs.",
    source: "ECS API Reference, `ECS_Idempotency.html`",
    certainty: "documented",
    code: { "local/ecs/idempotent-launches.ts": "MAX_TOKEN_AGE_MS = 24 * 3_600_000" },
    tests: "`ecs-client-tokens.test.ts`: 24 hours",
    seconds: 24 * HOUR + 300,
    cents: 45,
    slow: true,
    check: (account) => startsAnotherAfter(account, 24 * HOUR + 120, false),
    wrong: {
      RunTask: answers<RunTaskCommandOutput>(() => ({
        tasks: [{ taskArn: "arn:aws:ecs:::task/cluster/1" }],
      })),
      StopTask: accepts(),
    },
  },
  {
    id: "ecs-client-token-of-failures",
    sentence: "A launch that placed no task does not use up its client token. Our code works with either.",
    source: "ECS API Reference, `ECS_Idempotency.html`, says that failures may be repeated, not when",
    certainty: "assumed",
    code: { "handlers/launch/run-task.ts": "isMaybeRemembered", "local/ecs/index.ts": "failuresUseUpTokens" },
    tests: "`ecs.test.ts`: use up the client token",
    notProvoked: "no request makes ECS fail to place a task and succeed the next time",
  },
  {
    id: "ecs-capacity-texts",
    sentence:
      "Without room ECS answers `Capacity is unavailable at this time` as an error, or `RESOURCE:*` and `AGENT` in `failures` with HTTP 200.",
    source: "ECS Developer Guide, `service-event-messages.html`; public reports of users of the SDKs",
    certainty: "documented for container instances, reported for Fargate",
    code: {
      "handlers/launch/run-task-errors.ts": "capacity is unavailable",
      "handlers/launch/placements.ts": "capacity is missing",
    },
    tests: "`ecs.test.ts`",
    notProvoked: "it needs a zone of AWS without capacity",
  },
  {
    id: "ecs-no-container-instances",
    sentence:
      "A launch on a cluster without container instances gets `InvalidParameterException: No Container Instances were found in your cluster.`",
    source: "ECS Developer Guide, `service-event-messages.html`; public reports of users of the SDKs",
    certainty: "reported",
    code: { "handlers/launch/run-task-errors.ts": "no container instances" },
    tests: "`container-instances.test.ts`",
    seconds: 1,
    check: async (account) => {
      const launch = {
        taskDefinition: account.resources.families.instances,
        networkConfiguration: undefined,
      };
      await launchRefused(account, { ...launch, launchType: "EC2" }, /No Container Instances were found/i);
    },
    wrong: { RunTask: startsATask },
  },
  {
    id: "ecs-vcpu-quota",
    sentence:
      "Fargate and Fargate Spot have a quota of vCPUs each, Spot's can be 0 in a new region. `You've reached the limit on the number of vCPUs you can run concurrently` comes in `failures`, or as `ClientException`; the apostrophe may be typographic.",
    source:
      "ECS Developer Guide, `service-event-messages-list.html` for the text; ECS API Reference, `API_RunTask.html` for the exception",
    certainty: "documented; that both forms occur assumed",
    code: { "handlers/launch/run-task-errors.ts": "limit on the number of vCPUs" },
    tests: "`__tests__/handlers/start-task/placements.test.ts`",
    notProvoked: "it would use up the quota of the account",
  },
  {
    id: "ecs-pass-role",
    sentence:
      "RunTask is refused with `AccessDeniedException` to a caller without `iam:PassRole` on the roles of the task.",
    source: "Service Authorization Reference, Amazon ECS",
    certainty: "documented",
    code: {
      "modules/launcher/main.tf": '"iam:PassedToService" = "ecs-tasks.amazonaws.com"',
      "modules/schedule/main.tf": "iam:PassedToService",
      "src/launcher/permissions.ts": "iam:PassedToService",
    },
    tests: "`iam-permissions.test.ts`",
    seconds: 5,
    check: async (account) => {
      const { ecs } = await account.as({ Action: "ecs:RunTask", Resource: "*" });
      await refused(ecs.send(account.launch()), "AccessDeniedException", /PassRole/);
    },
    wrong: { RunTask: startsATask },
  },
  {
    id: "ecs-tag-on-create",
    sentence:
      "RunTask with `tags` is refused to a caller without `ecs:TagResource`; without tags it needs no such permission.",
    source: "Service Authorization Reference, Amazon ECS; aws/aws-cdk pull request 28898, tested on AWS",
    certainty: "documented",
    code: {
      "modules/launcher/main.tf": '"ecs:CreateAction" = "RunTask"',
      "modules/schedule/main.tf": "ecs:CreateAction",
      "src/launcher/permissions.ts": "ecs:CreateAction",
    },
    tests: "`iam-permissions.test.ts`",
    seconds: 10,
    check: async (account) => {
      const { ecs } = await account.as({ Action: ["ecs:RunTask", "iam:PassRole"], Resource: "*" });
      const tagged = account.launch({ tags: [{ key: "a", value: "b" }] });
      await refused(ecs.send(tagged), "AccessDeniedException", /TagResource/);
      const { tasks } = await ecs.send(account.launch());
      assert.ok(tasks?.[0]?.taskArn, "A launch without tags was refused as well.");
      await account.stop(tasks[0].taskArn);
    },
    wrong: { RunTask: startsATask },
  },
];
