import type { Steps } from "../steps";
import { until } from "../until";
import type { DataScannerAws, Finding } from "./aws";
import type { GeneratedFile } from "./files";

const jobLimitMs = 180_000;
/** The metric, the alarm and its minute without a message. */
const restLimitMs = 360_000;

/** What happened, as the API and AWS tell it. */
export interface Happened {
  readonly job: Record<string, unknown>;
  readonly findings: readonly Finding[];
  readonly pages: number;
  /** Findings after every message was sent once more. */
  readonly findingsAfterDuplicates: number;
  readonly workersBefore: number;
  readonly workersPeak: number;
  readonly workersAtRest: number;
  readonly workersStopped: number;
  /** Values of the files that are in the database, a queue, a log or an answer. */
  readonly leaked: readonly string[];
}

/** Has a bucket of generated files scanned, and disturbs it. */
export async function play(
  aws: DataScannerAws,
  files: readonly GeneratedFile[],
  bucket: string,
  steps: Steps,
): Promise<Happened> {
  const workersBefore = (await aws.workers()).running;
  let workersPeak = 0;

  await steps.run("upload", `${files.length} generated files with known contents`, async () => {
    for (const { key, body } of files) await aws.upload(key, body);
    const bytes = files.reduce((sum, { body }) => sum + body.length, 0);
    steps.say(`  ${bytes} bytes into ${bucket}, among them a poisoned line, a gzip and an image`);
  });

  const scanned = await steps.run("scan", "POST /scan", async () => {
    const started = await aws.request("POST", "/scan", { job_name: "demo", s3_bucket: bucket });
    steps.say(`  ${started.status} ${JSON.stringify(started.body)}`);
    const jobId = String(started.body.job_id);
    let stopped = 0;
    let shown = "";
    const follow = async () => {
      const { body: job } = await aws.request("GET", `/jobs/${jobId}`);
      const { running } = await aws.workers();
      workersPeak = Math.max(workersPeak, running);
      const line = `  ${job.status}: ${job.completed_objects} of ${job.total_objects} objects, ${job.total_findings} findings; workers: ${running}`;
      if (line !== shown) steps.say(line);
      shown = line;
      if (stopped === 0 && running > 0 && Number(job.completed_objects) > 0 && job.status === "running") {
        steps.say("  a worker is stopped in the middle: ECS starts another one");
        await aws.stopWorker();
        stopped++;
      }
      return job;
    };
    const job = await until(follow, ({ status }) => status !== "pending" && status !== "running", jobLimitMs);
    return { jobId, job, stopped };
  });

  const { findings, pages } = await steps.run("results", "GET /results", async () => {
    const found = await aws.findings(scanned.jobId);
    steps.say(`  ${found.findings.length} findings on ${found.pages} pages, for instance:`);
    for (const { s3_key, line_number, finding_type, context } of found.findings.slice(0, 3))
      steps.say(`    ${s3_key}:${line_number} ${finding_type}: ${context.trim()}`);
    return found;
  });

  const findingsAfterDuplicates = await steps.run("duplicates", "Every message once more", async () => {
    for (let objectId = 1; objectId <= files.length; objectId++) await aws.sendMessage(objectId);
    await until(
      () => aws.messages(),
      (count) => count === 0,
    );
    const { findings: after } = await aws.findings(scanned.jobId);
    steps.say(`  findings before: ${findings.length}, after: ${after.length}`);
    return after.length;
  });

  const workersAtRest = await steps.run("rest", "The queue is empty: the workers rest", async () => {
    const workers = await until(
      () => aws.workers(),
      ({ desired, running }) => desired + running === 0,
      restLimitMs,
    );
    steps.say(`  workers: ${workers.running}`);
    return workers.running;
  });

  const leaked = await steps.run("values", "Where are the values that were found?", async () => {
    const text = await aws.allText();
    const values = new Set(files.flatMap((file) => file.values));
    const found = [...values].filter((value) => text.includes(value));
    steps.say(`  of ${values.size} values ${found.length} are in the database, a queue, a log or an answer`);
    return found;
  });

  return {
    job: scanned.job,
    findings,
    pages,
    findingsAfterDuplicates,
    workersBefore,
    workersPeak,
    workersAtRest,
    workersStopped: scanned.stopped,
    leaked,
  };
}
