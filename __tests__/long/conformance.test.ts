import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import type { Conformance } from "../../conformance/conform";
import { startAws } from "../../conformance/local";
import type { Fault, LocalAws } from "../../local";
import { withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, projectRoot } from "../../testing/terraform";

jest.setTimeout(600_000);

const account = "123456789012";
const json = join(emptyRoot("conformance"), "results.json");
const runs = join(projectRoot, "conformance", "runs");

/** Local AWS plays the account: real time, and found by AWS_ENDPOINT_URL. */
let aws: LocalAws;

interface Run {
  readonly child: ChildProcessWithoutNullStreams;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function conformance(...args: string[]): Run {
  const env = { ...process.env, ...aws.environment };
  const program = ["--import", "tsx", "conformance/main.ts", ...args];
  // A process group of its own, to which Ctrl-C goes as a whole.
  const child = spawn(process.execPath, program, { cwd: projectRoot, env, detached: true });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (more: string) => {
      text += more;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { child, said: () => text, ended };
}

const inAccount = (...args: string[]) =>
  conformance("--aws", "--account", account, "--region", "us-east-1", "--json", json, ...args);

const pressCtrlC = ({ child }: Run) => process.kill(-child.pid!, "SIGINT");

/** Waits until a run says something, as long as it has not ended. */
async function saying({ child, said }: Run, text: string): Promise<void> {
  while (!said().includes(text)) {
    if (child.exitCode !== null) throw new Error(`The run ended before it said "${text}":\n${said()}`);
    await sleep(100);
  }
}

const results = () => JSON.parse(readFileSync(json, "utf8")) as Conformance;

const leftRuns = () => (existsSync(runs) ? readdirSync(runs) : []);

/** Buckets and clusters of runs that are left in the account. */
async function leftInAccount(): Promise<unknown[]> {
  const config = { endpoint: aws.endpoint, region: "us-east-1" };
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const s3 = new S3Client({ ...config, credentials, forcePathStyle: true });
  const ecs = new ECSClient({ ...config, credentials });
  const clusters = leftRuns();
  const { clusters: found = [] } = clusters.length
    ? await ecs.send(new DescribeClustersCommand({ clusters }))
    : { clusters: [] };
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  return [...Buckets, ...found.filter(({ status }) => status === "ACTIVE")];
}

const expired = (service: string): Fault => ({
  service,
  action: "*",
  fault: "error",
  code: "ExpiredTokenException",
  message: "The security token included in the request is expired",
});

beforeAll(async () => {
  aws = await withSharedProvider(await startAws({ clock: "real" }), projectRoot);
});

afterEach(async () => {
  aws.faults.set([]);
  expect(leftRuns()).toEqual([]);
  expect(await leftInAccount()).toEqual([]);
});

afterAll(() => aws.stop());

test("says time and costs first, checks in the account, tells what holds, and removes everything", async () => {
  const run = inAccount("--only", "s3-if-none-match,ecs-group-namespace,ecs-vcpu-quota,ecs-client-token-day");
  expect(await run.ended).toBe(0);
  expect(run.said()).toMatch(
    /^2 beliefs are checked\. This takes up to \d+ minutes and costs about 3 US cents\.$/m,
  );
  expect(run.said()).toContain("2 hold, 0 are contradicted, 2 were not provoked.");
  expect(results()).toMatchObject({
    left: [],
    results: [
      { id: "s3-if-none-match", outcome: "holds" },
      { id: "ecs-group-namespace", outcome: "holds" },
      { id: "ecs-vcpu-quota", outcome: "not provoked" },
      { id: "ecs-client-token-day", outcome: "not provoked", reason: "slow: use --slow" },
    ],
  });
});

test("removes everything after Ctrl-C in a check that takes an hour", async () => {
  const run = inAccount("--slow", "--only", "s3-if-none-match,ecs-client-token-hour,sqs-delay");
  await saying(run, "sqs-delay: holds");
  pressCtrlC(run);
  pressCtrlC(run);
  expect(await run.ended).toBe(1);
  expect(results()).toMatchObject({
    left: [],
    results: [
      { id: "s3-if-none-match", outcome: "holds" },
      { id: "sqs-delay", outcome: "holds" },
      { id: "ecs-client-token-hour", outcome: "not provoked", reason: "interrupted" },
    ],
  });
});

test("removes everything after Ctrl-C while Terraform creates it", async () => {
  const run = inAccount("--only", "s3-if-none-match");
  await saying(run, "Terraform creates");
  while ((await leftInAccount()).length === 0) await sleep(100);
  pressCtrlC(run);
  expect(await run.ended).toBe(1);
  expect(results()).toMatchObject({ error: "interrupted", left: [], results: [] });
});

test("tells what was found and what is left when the credentials expire, and removes it later", async () => {
  const run = inAccount("--only", "s3-if-none-match,ecs-describe-tags,sqs-delay");
  await saying(run, "s3-if-none-match: holds");
  aws.faults.set(["ecs", "sqs", "s3", "sts", "iam", "ec2", "lambda"].map(expired));
  expect(await run.ended).toBe(1);
  const { left, results: found, run: name } = results();
  expect(found).toMatchObject([
    { id: "s3-if-none-match", outcome: "holds" },
    { id: "ecs-describe-tags", outcome: "not provoked" },
    { id: "sqs-delay", outcome: "not provoked", reason: "the credentials have expired" },
  ]);
  expect(left).toContain("aws_s3_bucket.this");
  expect(run.said()).toContain(`npm run conformance -- --remove ${name}`);
  aws.faults.set([]);
  const removal = conformance("--remove", name);
  expect(await removal.ended).toBe(0);
});
