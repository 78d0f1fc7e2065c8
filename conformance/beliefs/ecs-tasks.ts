import assert from "node:assert/strict";
import {
  DescribeTasksCommand,
  type DescribeTasksCommandOutput,
  StopTaskCommand,
  TagResourceCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { EXIT_CODE } from "../account";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts, answers, receives, refuses } from "../wrong-answers";

/** Descriptions of tasks are something else. */
const describes = (change: (task: Task) => object) =>
  answers<DescribeTasksCommandOutput>((output) => ({ ...output, tasks: output.tasks?.map(change) }));

/** Events of tasks are something else. */
const tells = (change: (detail: Record<string, unknown>) => object) =>
  receives((body) => {
    const event = JSON.parse(body) as { detail: Record<string, unknown> };
    return JSON.stringify({ ...event, detail: change(event.detail) });
  });

export const ecsTasks: readonly Belief[] = [
  {
    id: "ecs-describe-tags",
    sentence: "`DescribeTasks` returns the tags of a task only with `include: [TAGS]`.",
    source: "API model of the ECS client, DescribeTasks, `include`",
    certainty: "documented",
    code: { "handlers/register-targets/describe-tasks.ts": 'include: ["TAGS"]' },
    tests: "`ecs.test.ts`",
    seconds: 2,
    check: async (account) => {
      const { task } = await account.runningTask();
      const tags = (await account.describe(task.taskArn, ["TAGS"]))?.tags;
      assert.ok(tags?.some(({ key, value }) => key === "origin" && value === "conformance"));
      assert.deepEqual((await account.describe(task.taskArn))?.tags ?? [], []);
    },
    wrong: { DescribeTasks: describes((task) => ({ ...task, tags: [] })) },
  },
  {
    id: "ecs-stop-deletes-tags",
    sentence:
      "StopTask deletes the tags of the task, and a stopped task takes none: `InvalidParameterException`.",
    source: "ECS API Reference, `API_StopTask.html`; the error: public reports of users",
    certainty: "documented, reported",
    code: {
      "handlers/register-targets/service-tasks.ts": "TagResourceCommand",
      "local/ecs/index.ts": "task.tags = []",
    },
    tests: "`ecs.test.ts`",
    seconds: 60,
    check: async (account) => {
      const { taskArn } = await account.run({ tags: [{ key: "origin", value: "conformance" }] });
      await account.stop(taskArn);
      await account.reached(taskArn, "STOPPED");
      assert.deepEqual((await account.describe(taskArn, ["TAGS"]))?.tags ?? [], []);
      const tag = new TagResourceCommand({ resourceArn: taskArn, tags: [{ key: "a", value: "b" }] });
      await refused(account.clients.ecs.send(tag), "InvalidParameterException");
    },
    wrong: { TagResource: accepts() },
  },
  {
    id: "ecs-stop-stopped-task",
    sentence: "StopTask of a task that has stopped already succeeds as long as ECS describes the task.",
    source: "No source",
    certainty: "assumed",
    code: { "handlers/shared/stop-task.ts": "StopTaskCommand" },
    tests: "`ecs.test.ts`",
    seconds: 60,
    check: async (account) => {
      const { taskArn } = await account.endedTask();
      const input = { cluster: account.resources.cluster, task: taskArn };
      const { task } = await account.clients.ecs.send(new StopTaskCommand(input));
      assert.equal(task?.lastStatus, "STOPPED");
      assert.equal((await account.describe(taskArn))?.stopCode, "EssentialContainerExited");
    },
    wrong: { StopTask: refuses("InvalidParameterException") },
  },
  {
    id: "ecs-missing-task",
    sentence: "`DescribeTasks` of a task that ECS does not know answers 200 with the failure `MISSING`.",
    source: "ECS API Reference, `api_failures_messages.html`",
    certainty: "documented",
    code: { "handlers/register-targets/describe-tasks.ts": "A task that ECS does not know" },
    tests: "`ecs.test.ts`",
    seconds: 1,
    check: async (account) => {
      const { taskArn } = (await account.runningTask()).task;
      const unknown = taskArn.replace(/[^/]+$/, "0".repeat(32));
      const input = { cluster: account.resources.cluster, tasks: [unknown] };
      const { failures, tasks } = await account.clients.ecs.send(new DescribeTasksCommand(input));
      assert.deepEqual(tasks, []);
      assert.equal(failures?.[0]?.reason, "MISSING");
    },
    wrong: { DescribeTasks: refuses("InvalidParameterException") },
  },
  {
    id: "ecs-stopped-described",
    sentence: "ECS describes a stopped task for at least one hour.",
    source: "API model of the ECS client, DescribeTasks",
    certainty: "documented",
    code: { "local/ecs/index.ts": "STOPPED_VISIBLE_MS = 3_600_000" },
    tests: "`ecs.test.ts`",
    seconds: 3600,
    slow: true,
    check: async (account) => {
      const { taskArn } = await account.run({ command: ["true"] });
      await account.reached(taskArn, "STOPPED");
      await account.sleep(3500);
      assert.equal((await account.describe(taskArn))?.lastStatus, "STOPPED");
    },
    wrong: { DescribeTasks: answersAfterAnHour() },
  },
  {
    id: "ecs-stop-code-exited",
    sentence:
      "A task whose essential container exits has the stop code `EssentialContainerExited` and the container's `exitCode`, in `DescribeTasks` and in its event.",
    source: "API model of the ECS client, TaskStopCode and Container",
    certainty: "documented; from memory for the event",
    code: {
      "handlers/launch/task-outcome.ts": "EssentialContainerExited",
      "worker/run.ts": "@returns the exit code",
    },
    tests: "`ecs-task-ends.test.ts`",
    seconds: 60,
    check: async (account) => {
      const { task, taskArn } = await account.endedTask();
      assert.equal(task.stopCode, "EssentialContainerExited");
      assert.equal(task.containers?.[0]?.exitCode, EXIT_CODE);
      const end = (await account.taskEvents(taskArn)).find(({ lastStatus }) => lastStatus === "STOPPED");
      assert.equal(end?.stopCode, "EssentialContainerExited");
      assert.equal(end?.containers?.[0]?.exitCode, EXIT_CODE);
    },
    wrong: { DescribeTasks: describes((task) => ({ ...task, stopCode: "ContainerExited" })) },
  },
  {
    id: "ecs-stop-code-user",
    sentence: "A task that StopTask stops has the stop code `UserInitiated` and the reason of the call.",
    source: "API model of the ECS client, TaskStopCode",
    certainty: "documented",
    code: { "handlers/launch/task-outcome.ts": '"UserInitiated"' },
    tests: "`ecs-task-ends.test.ts`",
    seconds: 60,
    check: async (account) => {
      const { taskArn } = await account.run();
      const input = { cluster: account.resources.cluster, task: taskArn, reason: "for a check" };
      await account.clients.ecs.send(new StopTaskCommand(input));
      const { stopCode, stoppedReason } = await account.reached(taskArn, "STOPPED");
      assert.equal(stopCode, "UserInitiated");
      assert.equal(stoppedReason, "for a check");
    },
    wrong: { DescribeTasks: describes((task) => ({ ...task, stopCode: undefined })) },
  },
  {
    id: "ecs-stop-code-failed-to-start",
    sentence:
      "A task whose image does not exist ends with the stop code `TaskFailedToStart` and `CannotPullContainerError` in its reason, and has no `startedAt`.",
    source: "API model of the ECS client, TaskStopCode; ECS Developer Guide, `task_cannot_pull_image.html`",
    certainty: "documented; from memory for `startedAt`",
    code: {
      "handlers/launch/task-outcome.ts": '"TaskFailedToStart"',
      "handlers/launch/follow-up.ts": "isTransientStartFailure",
    },
    tests: "`ecs-task-ends.test.ts`",
    seconds: 90,
    check: async (account) => {
      const { taskArn } = await account.run({ taskDefinition: account.resources.families.absent });
      const { startedAt, stopCode, stoppedReason } = await account.reached(taskArn, "STOPPED");
      assert.equal(stopCode, "TaskFailedToStart");
      assert.match(stoppedReason ?? "", /CannotPullContainerError/);
      assert.equal(startedAt, undefined);
    },
    wrong: { DescribeTasks: describes((task) => ({ ...task, startedAt: new Date() })) },
  },
  {
    id: "ecs-secret-key",
    sentence:
      "A task whose secret has a customer managed key ends with `ResourceInitializationError` if its execution role has no `kms:Decrypt` on the key.",
    source:
      "ECS Developer Guide, `specifying-sensitive-data.html`; Secrets Manager User Guide, `security-encryption.html`",
    certainty: "documented",
    code: { "modules/task/main.tf": '"kms:Decrypt"' },
    tests: "`__tests__/constructs/task.test.ts`",
    seconds: 90,
    check: async (account) => {
      const { taskArn } = await account.run({ taskDefinition: account.resources.families.secrets });
      const task = await account.wait(taskArn, "STOPPED");
      assert.ok(task, "The task does not stop.");
      const { stopCode, stoppedReason } = task;
      assert.equal(stopCode, "TaskFailedToStart");
      assert.match(stoppedReason ?? "", /ResourceInitializationError/);
    },
    wrong: { DescribeTasks: describes((task) => ({ ...task, stopCode: "EssentialContainerExited" })) },
  },
  {
    id: "ecs-stop-codes-of-the-host",
    sentence:
      "AWS stops tasks with `SpotInterruption`, `TerminationNotice` or `InfrastructureHealth`, and may add stop codes. A task can have none.",
    source: "API model of botocore 1.44.8",
    certainty: "documented; assumed that a task can have none",
    code: {
      "handlers/launch/task-outcome.ts": "Unknown stop codes count as interrupted",
      "modules/launcher/main.tf": "interruption_retries",
    },
    tests: "`ecs-task-ends.test.ts`: a task's end",
    notProvoked: "only AWS interrupts tasks so",
  },
  {
    id: "ecs-out-of-memory",
    sentence:
      "A container without enough memory has the exit code 137 and `OutOfMemoryError: Container killed due to memory usage` as its reason. Texts of reasons may change.",
    source: "Public reports of users",
    certainty: "reported",
    code: { "handlers/launch/task-outcome.ts": "/OutOfMemory/i" },
    tests: "`ecs-task-ends.test.ts`: a container's end",
    notProvoked: "local AWS limits no memory, so the check could not be shown to work",
  },
  {
    id: "ecs-events-of-each-status",
    sentence:
      "Each status of a task from PROVISIONING or PENDING to STOPPED comes in an event `ECS Task State Change` at least once; RUNNING and STOPPED do for each task that ran.",
    source: "ECS Developer Guide, `ecs_task_events.html`",
    certainty: "documented",
    code: {
      "handlers/register-targets/handle-task-messages.ts": "addStateChange",
      "modules/registrar/main.tf": "ECS Task State Change",
      "modules/launcher/main.tf": "ECS Task State Change",
    },
    tests: "`event-delivery.test.ts`",
    seconds: 60,
    check: async (account) => {
      const statuses = (await account.taskEvents((await account.endedTask()).taskArn)).map(
        (each) => each.lastStatus,
      );
      assert.ok(statuses.includes("RUNNING"), `There is no event of RUNNING, but of ${statuses}.`);
    },
    wrong: {
      ReceiveMessage: tells((detail) => ({
        ...detail,
        lastStatus: detail.lastStatus === "RUNNING" ? "PENDING" : detail.lastStatus,
      })),
    },
  },
  {
    id: "ecs-event-version",
    sentence:
      "`version` of events and descriptions is the same counter: it grows with each change, and the description of a stopped task has the version of its last event or a later one.",
    source: "API model of the ECS client, Task, `version`",
    certainty: "documented",
    code: {
      "handlers/register-targets/apply-descriptions.ts": "minVersion",
      "handlers/register-targets/input.ts": "ECS increments it",
    },
    tests: "`ecs.test.ts`",
    seconds: 60,
    check: async (account) => {
      const { taskArn } = await account.endedTask();
      const events = await account.taskEvents(taskArn);
      const versionOf = (status: string) =>
        events.find(({ lastStatus }) => lastStatus === status)?.version ?? 0;
      assert.ok(versionOf("RUNNING") > 0, "The event of RUNNING has no version.");
      assert.ok(versionOf("STOPPED") > versionOf("RUNNING"), "STOPPED has no later version than RUNNING.");
      const described = (await account.describe(taskArn))?.version ?? 0;
      assert.ok(described >= versionOf("STOPPED"), "The description is older than the event.");
    },
    wrong: { ReceiveMessage: tells((detail) => ({ ...detail, version: 1 })) },
  },
  {
    id: "ecs-event-without-tags",
    sentence: "Events of tasks have no tags.",
    source: "aws/containers-roadmap issue 2317",
    certainty: "reported",
    code: {
      "handlers/register-targets/describe-tasks.ts": "with their tags",
      "handlers/launch/launch-id.ts": "createStartedBy",
    },
    tests: "`ecs.test.ts`",
    seconds: 60,
    check: async (account) => {
      const events = await account.taskEvents((await account.endedTask()).taskArn);
      assert.deepEqual(
        events.filter(({ tags }) => tags !== undefined),
        [],
      );
    },
    wrong: { ReceiveMessage: tells((detail) => ({ ...detail, tags: [{ key: "a", value: "b" }] })) },
  },
  {
    id: "ecs-attachment-names",
    sentence:
      "The network interface of a task has the type `ElasticNetworkInterface` in `DescribeTasks` and `eni` in events, and the address `privateIPv4Address` in both.",
    source: "aws/containers-roadmap issue 1515; ECS Developer Guide, `ecs_task_events.html`",
    certainty: "documented",
    code: { "handlers/shared/task-target.ts": "privateIPv4Address" },
    tests: "`ecs.test.ts`",
    seconds: 60,
    check: async (account) => {
      const { taskArn } = await account.endedTask();
      const running = (await account.taskEvents(taskArn)).find(({ lastStatus }) => lastStatus === "RUNNING");
      const [attachment] = running?.attachments ?? [];
      assert.equal(attachment?.type, "eni");
      assert.ok(attachment?.details.some(({ name }) => name === "privateIPv4Address"));
      const { task } = await account.runningTask();
      const [described] = (await account.reached(task.taskArn, "RUNNING")).attachments ?? [];
      assert.equal(described?.type, "ElasticNetworkInterface");
      assert.ok(described?.details?.some(({ name }) => name === "privateIPv4Address"));
    },
    wrong: {
      DescribeTasks: describes((task) => ({
        ...task,
        attachments: task.attachments?.map((each) => ({ ...each, type: "eni" })),
      })),
    },
  },
];

function answersAfterAnHour() {
  let asked = 0;
  return answers<DescribeTasksCommandOutput>((output) => ({
    ...output,
    tasks: output.tasks?.filter(({ lastStatus }) => lastStatus !== "STOPPED" || asked++ === 0),
  }));
}
