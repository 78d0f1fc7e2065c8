import { randomUUID } from "node:crypto";
import { createStartedBy } from "../../../handlers/launch/launch-id";
import type { Scenario } from "../system";
import type { PolicyRunnerWorkersWorld } from "./world";

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

const groups = "policies: [{ name: groups, resource: aws.security-group }]";

export const scenarios: readonly Scenario<PolicyRunnerWorkersWorld>[] = [
  {
    name: "a worker makes the run of a finding and reports its end, and function and worker write their logs",
    needs: ["ec2", "ecr", "ecs", "logs", "s3", "sqs"],
    async play(world) {
      await world.workers.rest(world);
      await world.workers.set(1);
      const event = await world.runThatActs();
      check(
        (await world.functionLog()).some((line) => line.includes(event)),
        "the function has no log",
      );
      // The history names the last result of a finding, which may be of an earlier scenario.
      check(
        (await world.workerLog()).some((line) => line.includes("policy run ended")),
        "the worker has no log",
      );
    },
  },
  {
    name: "of two messages of a run the second one finds the claim",
    needs: ["s3"],
    async play(world) {
      await world.workers.rest(world);
      const event = world.findGroup();
      await world.sendAgain(await world.queuedMessage());
      await world.workers.set(1);
      await world.run(event);
      await world.step("the duplicate", async () =>
        (await world.workerLog()).find((line) => line.includes("duplicate message")),
      );
    },
  },
  {
    name: "the run of a worker that has died is made again",
    needs: ["sqs"],
    async play(world) {
      await world.workers.rest(world);
      const event = world.findGroup();
      // Longer than a worker takes to start.
      await world.claim(await world.queuedMessage(), 10_000);
      await world.workers.set(1);
      const run = await world.run(event);
      check(run.attempt === 2, `the run has the attempt ${run.attempt}, not 2`);
    },
  },
  {
    name: "a finding of 300 KB reaches a worker through the queue, and through the function itself",
    needs: ["s3", "sqs", "lambda"],
    async play(world) {
      await world.workers.set(1);
      await world.run(world.findGroup("group", 300_000));
      await world.run(await world.redriveGroup("group", 300_000));
    },
  },
  {
    name: "the version of a policy that its mapping names is run",
    needs: ["s3"],
    async play(world) {
      const key = "policies/pinned.yml";
      const version_id = await world.putPolicy(key, groups);
      await world.putPolicy(key, groups.replace("groups", "newer"));
      await world.workers.set(1);
      await world.withMappings({ pinned: { key, version_id } }, async () => {
        await world.run(world.findGroup("pinned"));
      });
    },
  },
  {
    name: "a finding whose policy does not exist is in the DLQ with the reason",
    needs: ["s3", "sqs"],
    play: (world) =>
      world.withMappings({ missing: { key: "policies/missing.yml" } }, async () => {
        const event = world.findGroup("missing");
        // The buffer also moves messages to the DLQ, later and without a reason.
        const message = await world.until("its DLQ message", () => world.dlqMessage(event));
        check(message.includes("does not exist"), `the DLQ message has no reason: ${message}`);
      }),
  },
  {
    name: "a finding whose run fails is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const key = "policies/broken.yml";
      await world.putPolicy(key, "policies: [{ name: broken, resource: aws.nothing }]");
      await world.workers.set(1);
      await world.withMappings({ broken: { key } }, async () => {
        const event = world.findGroup("broken");
        await world.step("its DLQ message", () => world.dlqMessage(event));
      });
    },
  },
  {
    name: "the end of a task that was started before runs were queued is handled, though its launch was not recorded",
    needs: ["ecs"],
    async play(world) {
      const service = "custodian-worker";
      const startedBy = createStartedBy({ eventId: randomUUID(), service, attempt: 1 });
      const task = await world.workers.runBeside({ group: `route-${service}`, startedBy });
      await world.step("the function to handle the end of the task", async () =>
        (await world.functionLog()).find((line) => line.includes("task has ended") && line.includes(task)),
      );
    },
  },
];
