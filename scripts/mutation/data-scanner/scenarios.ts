import { randomUUID } from "node:crypto";
import type { Scenario } from "../system";
import { encryptedBucket } from "./props";
import type { DataScannerWorld, Job } from "./world";

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** A line with one finding. */
const line = (): string => `mail from user-${randomUUID().slice(0, 8)}@mail.acme.io\n`;

const newPrefix = (): string => `${randomUUID()}/`;

function checkCounts(job: Job, expected: Readonly<Record<string, number>>): void {
  const found = Object.fromEntries(Object.keys(expected).map((key) => [key, job[key]]));
  check(
    JSON.stringify(found) === JSON.stringify(expected),
    `the job has ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
  );
}

export const scenarios: readonly Scenario<DataScannerWorld>[] = [
  {
    name: "a request scans a bucket with a worker that it starts, and functions and worker write their logs",
    needs: ["ecr", "ecs", "kms", "lambda", "logs", "s3", "secretsmanager", "sqs"],
    async play(world) {
      // For messages that earlier scenarios have left, the alarm of the queue would start a worker first.
      await world.loseMessages();
      await world.wait(120);
      await world.workers.rest(world);
      const prefix = newPrefix();
      await world.putObject(world.dataBucket, `${prefix}a.log`, line());
      const jobId = await world.scan(world.dataBucket, prefix);
      const job = await world.completedJob(jobId);
      checkCounts(job, { total_objects: 1, completed_objects: 1, total_findings: 1 });
      const { findings } = await world.ask("GET", `/results?job_id=${jobId}`);
      check((findings as unknown[]).length === 1, "the results have not the finding");
      await world.invoke("migrate-database", {});
      // A sweep that began earlier may write lines too.
      const lines = {
        scan: jobId,
        "list-objects": jobId,
        jobs: "START",
        results: "START",
        "migrate-database": "START",
      };
      for (const [key, text] of Object.entries(lines))
        check(
          (await world.functionLog(key)).some((each) => each.includes(text)),
          `the function ${key} has no log`,
        );
      check(
        (await world.functionLog("list-objects")).some((each) => each.includes("first worker started")),
        "the function list-objects has started no worker",
      );
      check(
        (await world.workerLog()).some((each) => each.includes("object scanned")),
        "the worker has no log",
      );
      await world.rejectDenied();
    },
  },
  {
    name: "of an object that was overwritten since the listing the new version is scanned, a deleted one is skipped",
    needs: ["s3"],
    async play(world) {
      const prefix = newPrefix();
      const jobId = await world.withoutWorkers(async () => {
        for (const name of ["overwritten", "deleted"])
          await world.putObject(world.dataBucket, prefix + name, line());
        const created = await world.scan(world.dataBucket, prefix);
        await world.listedJob(created);
        await world.putObject(world.dataBucket, `${prefix}overwritten`, line() + line());
        await world.deleteObject(world.dataBucket, `${prefix}deleted`);
        return created;
      });
      await world.workers.set(1);
      const job = await world.completedJob(jobId);
      checkCounts(job, { completed_objects: 1, failed_objects: 0, skipped_objects: 1, total_findings: 2 });
    },
  },
  {
    name: "a bucket that is encrypted with a customer managed key is scanned",
    needs: ["kms"],
    async play(world) {
      const prefix = newPrefix();
      await world.putObject(encryptedBucket, `${prefix}a.log`, line());
      const job = await world.completedJob(await world.scan(encryptedBucket, prefix));
      checkCounts(job, { completed_objects: 1, failed_objects: 0, total_findings: 1 });
    },
  },
  {
    name: "an asynchronous event that fails at every attempt is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const ends = await Promise.allSettled(
        world.functions.map((key) => world.invokeBroken(key, { event: randomUUID() })),
      );
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  },
  {
    name: "a sweep starts the listing that was not started",
    needs: ["lambda"],
    async play(world) {
      const prefix = newPrefix();
      await world.putObject(world.dataBucket, `${prefix}a.log`, line());
      const jobId = await world.scan(world.dataBucket, prefix);
      const job = await world.completedJob(jobId);
      checkCounts(job, { total_objects: 1 });
      // As if the function had crashed in the listing of the first objects.
      await world.aws.query(
        "UPDATE jobs SET status = 'running', listing_complete = false, listing_lease_until = NULL, updated_at = now() - interval '1 hour' WHERE job_id = $1",
        [jobId],
      );
      await world.nextSweep();
      await world.listedJob(jobId);
    },
  },
  {
    name: "a sweep sends a lost message again",
    needs: ["sqs"],
    async play(world) {
      const prefix = newPrefix();
      await world.putObject(world.dataBucket, `${prefix}a.log`, line());
      const jobId = await world.withoutWorkers(async () => {
        const created = await world.scan(world.dataBucket, prefix);
        await world.listedJob(created);
        await world.until("the message", async () => (await world.loseMessages())[0]);
        await world.aws.query(
          "UPDATE job_objects SET enqueued_at = enqueued_at - interval '20 minutes' WHERE job_id = $1",
          [created],
        );
        return created;
      });
      await world.nextSweep();
      await world.completedJob(jobId);
    },
  },
  {
    name: "a worker receives the message of an object that is not in the database yet again after a while",
    needs: ["sqs"],
    async play(world) {
      await world.workers.rest(world);
      await world.loseMessages();
      await world.workers.set(1);
      const message = await world.sendMessage(1_000_000_000);
      await world.messageInFlight();
      await world.workers.rest(world);
      // Otherwise it is hidden for five minutes.
      await world.wait(60);
      const visible = await world.loseMessages();
      check(visible.includes(message), "the message is still hidden after a minute");
    },
  },
  {
    name: "a sweep that cannot be started is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const refused = {
        service: "lambda",
        action: "Invoke",
        fault: "error",
        code: "AccessDeniedException",
      } as const;
      await world.withFaults([refused], async () => {
        await world.until("its DLQ message", () => world.dlqMessage('"sweep":true'));
      });
    },
  },
];
