import { createHash, randomUUID } from "node:crypto";
import type { SizedBottle } from "../../../bottles/bottle";
import { hashFileKey } from "../../../bottles/hash-file/hash-file";
import { registryFolder } from "../../../bottles/names";
import { uploadFolder } from "../../../bottles/sync/upload-pieces";
import type { Scenario } from "../system";
import { scheduleHours } from "./props";
import type { BottleSyncWorld } from "./world";

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

const partBytes = 5 * 1024 ** 2;
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Leaves what a process leaves that is killed: the first part of a large bottle, and an upload and an object of bottles that
 * nobody wants any more. Resolves with a check that they were used and removed.
 */
async function leaveUploads(
  { bucket, store, homebrew }: BottleSyncWorld,
  bottle: SizedBottle & { size: number },
): Promise<() => Promise<void>> {
  const [started, unwanted, complete] = [bottle.sha256, digestOf(randomUUID()), digestOf(randomUUID())].map(
    (sha256) => `${uploadFolder}${sha256}`,
  ) as [string, string, string];
  const first = homebrew.bytesOf(bottle, partBytes);
  await bucket.uploads.uploadPart(
    { key: started, uploadId: await bucket.uploads.create(started, {}) },
    1,
    first,
  );
  await bucket.uploads.create(unwanted, {});
  await store.write(complete, "unwanted");
  const before = homebrew.sentBytes;
  return async () => {
    const sent = homebrew.sentBytes - before;
    check(sent === bottle.size - partBytes, `${sent} bytes were downloaded, not ${bottle.size - partBytes}`);
    const uploads = await bucket.uploads.list(uploadFolder);
    check(uploads.length === 0, `uploads are left: ${JSON.stringify(uploads)}`);
    check((await store.head(complete)) === undefined, "an object that nobody wants is left");
  };
}

export const scenarios: readonly Scenario<BottleSyncWorld>[] = [
  {
    name: "the function mirrors a small plan, Slack gets notices, and functions write their logs",
    needs: ["lambda", "logs", "s3", "secretsmanager"],
    async play(world) {
      const bottle = world.smallBottle;
      await world.forget([bottle]);
      const messages = world.slack.messages.length;
      const { run, outcome } = await world.planRun();
      check(outcome === "function", `the outcome is ${outcome}`);
      await world.completed(run);
      await world.checkMirrored([bottle]);
      await world.step("both notices", async () => world.slack.messages.length - messages >= 2 || undefined);
      check(
        (await world.functionLog("plan-sync")).some((line) => line.includes(run)),
        "plan-sync has no log",
      );
    },
  },
  {
    name: "a task mirrors a large plan and writes its log",
    needs: ["ecr", "ecs", "iam", "lambda", "logs", "s3", "secretsmanager"],
    async play(world) {
      await world.forget(world.largeBottles);
      const messages = world.slack.messages.length;
      const { run, outcome } = await world.planRun();
      check(outcome === "task", `the outcome is ${outcome}`);
      await world.doneTask(run);
      await world.completed(run);
      await world.checkMirrored(world.largeBottles);
      await world.step("both notices", async () => world.slack.messages.length - messages >= 2 || undefined);
      check(
        (await world.taskLog()).some((line) => line.includes(run)),
        "the task has no log",
      );
      check(
        (await world.functionLog("start-task")).some((line) => line.includes(run)),
        "start-task has no log",
      );
    },
  },
  {
    name: "the function goes on with a large bottle after a killed process, and removes what nobody wants",
    needs: ["s3"],
    async play(world) {
      const bottle = world.largeBottles[0]!;
      await world.forget([bottle]);
      const checkUsed = await leaveUploads(world, bottle);
      await world.sync(await world.plan([bottle]));
      await world.checkMirrored([bottle]);
      await checkUsed();
    },
  },
  {
    name: "a task goes on with a large bottle after a killed process, and removes what nobody wants",
    needs: ["s3"],
    async play(world) {
      const bottle = world.largeBottles[0]!;
      await world.forget([bottle]);
      const checkUsed = await leaveUploads(world, bottle);
      await world.syncByTask(await world.plan([bottle]));
      await world.checkMirrored([bottle]);
      await checkUsed();
    },
  },
  {
    name: "the function hands on to a task what it has no time for",
    needs: ["lambda"],
    async play(world) {
      const bottle = world.smallBottle;
      await world.forget([bottle]);
      const event = await world.plan([bottle]);
      // Of this time it keeps all for its end.
      await world.withTimeout("sync-bottles", 60, async () => {
        const { outcome } = await world.sync(event);
        check(outcome === "handed on", `the outcome is ${outcome}`);
      });
      await world.doneTask(event.id);
      await world.checkMirrored([bottle]);
    },
  },
  {
    name: "the hash file of another mirror is read, from an encrypted bucket",
    needs: ["s3", "kms"],
    async play(world) {
      const sha256 = digestOf(randomUUID());
      await world.putExternalHashFile(sha256);
      await world.store.delete([hashFileKey]);
      const { run } = await world.planRun();
      await world.completed(run);
      const file = await world.store.read(hashFileKey);
      check(
        file?.bytes.toString("utf8").includes(sha256) ?? false,
        "the hash file has no entry of the other mirror",
      );
    },
  },
  {
    name: "a long event reaches its task through the bucket",
    needs: ["s3"],
    async play(world) {
      const { id, detail } = await world.plan();
      await world.syncByTask({ id, detail: { ...detail, blob: "x".repeat(20_000) } });
    },
  },
  {
    name: "an event of 300 KB reaches its task through the function itself",
    needs: ["s3", "lambda"],
    async play(world) {
      const { id, detail } = await world.plan();
      await world.syncByTask({ id, detail: { ...detail, blob: "x".repeat(300_000) } });
    },
  },
  {
    name: "a task that fails is started again after its backoff",
    needs: ["s3", "sqs"],
    async play(world) {
      const bottle = world.smallBottle;
      await world.forget([bottle]);
      world.homebrew.setFaults(({ sha256 }) =>
        sha256 === bottle.sha256 ? { kind: "status", status: 404 } : undefined,
      );
      const event = await world.plan([bottle]);
      await world.aws.deliver(event);
      await world.startedTask(event.id);
      const { containers } = await world.endedTask(event.id);
      check(containers?.[0]?.exitCode === 1, "the first task has not failed");
      world.homebrew.setFaults(() => undefined);
      await world.succeededTask(event.id);
      await world.checkMirrored([bottle]);
    },
  },
  {
    name: "an event that cannot be launched is in the DLQ with the reason",
    needs: ["sqs"],
    async play(world) {
      const id = randomUUID();
      await world.aws.deliver({ id, detail: { service: "nobody" } });
      const message = await world.until("its DLQ message", () => world.dlqMessage(id));
      check(message.includes("known services"), `the DLQ message has no reason: ${message}`);
    },
  },
  {
    name: "an event that fails at every attempt is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const broken = { service: "ecs", action: "RunTask", fault: "error", code: "ServerException" } as const;
      await world.withFaults([{ ...broken, status: 500 }], async () => {
        const event = await world.plan();
        await world.aws.deliver(event);
        await world.until("its DLQ message", () => world.dlqMessage(event.id));
      });
    },
  },
  {
    name: "a run that cannot be planned, and one that cannot be synced, are in the queue of failed events",
    needs: ["sqs"],
    async play(world) {
      world.homebrew.setFaults(({ place }) =>
        place === "api" ? { kind: "status", status: 404 } : undefined,
      );
      for (const key of ["plan-sync", "sync-bottles"] as const) {
        const run = randomUUID();
        await world.send(key, { run });
        await world.until(`the DLQ message of ${key}`, () => world.dlqMessage(run));
      }
    },
  },
  {
    name: "a task that failed to start is launched again with its event",
    needs: ["ecs", "s3"],
    async play(world) {
      const reason = "Timeout waiting for network interface provisioning to complete.";
      const failing = { service: "ecs", action: "RunTask", fault: "failsToStart", reason, times: 1 } as const;
      await world.withFaults([failing], async () => {
        const event = await world.plan();
        await world.aws.deliver(event);
        await world.until("the task that ran", async () => {
          const tasks = await world.tasksOf(event.id);
          return tasks.find(({ startedAt }) => startedAt !== undefined);
        });
        await world.succeededTask(event.id);
      });
    },
  },
  {
    name: "the end of a task is handled, though the function crashed before it recorded the launch",
    needs: ["ecs"],
    async play(world) {
      const crash = { service: "ecs", action: "RunTask", fault: "crash", when: "after" } as const;
      await world.withFaults([crash], async () => {
        const event = await world.plan();
        await world.aws.deliver(event);
        await world.startedTask(event.id);
        await world.handledEnd(await world.endedTask(event.id));
      });
    },
  },
  {
    name: "the schedule begins a run",
    needs: ["lambda"],
    async play(world) {
      await world.untilHours(scheduleHours + 1, "a run of the schedule", async () => {
        const lines = await world.functionLog("plan-sync");
        // The id of any other run of a scenario is a UUID.
        return lines.some((line) => /"run":"\d{4}-\d\d-\d\dT/.test(line)) || undefined;
      });
    },
  },
  {
    name: "an invocation that the schedule cannot deliver is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const refused = {
        service: "lambda",
        action: "Invoke",
        fault: "error",
        code: "AccessDeniedException",
      } as const;
      await world.withFaults([refused], async () => {
        await world.untilHours(scheduleHours + 1, "its DLQ message", () => world.dlqMessage('"time":"'));
      });
    },
  },
  {
    name: "the function deletes an object that no catalogue has named for the retention",
    needs: ["s3"],
    async play(world) {
      const key = `${registryFolder}/gone/blobs/sha256:${digestOf(randomUUID())}`;
      await world.store.write(key, "gone");
      await world.sync(await world.plan());
      check((await world.store.head(key)) !== undefined, "the object was deleted at once");
      for (let hour = 0; hour < 25; hour++) await world.wait(3_600);
      await world.sync(await world.plan());
      check((await world.store.head(key)) === undefined, "the object is still there");
    },
  },
];
