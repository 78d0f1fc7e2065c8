import { createHash } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as v from "valibot";
import { createLocalAws } from "../../local/create-local-aws";
import { defineJob, type Job } from "../../worker/job";
import { report } from "../../worker/jobs/report";
import { type Jobs, runWorker } from "../../worker/run";

const event = { id: "6f1c7ec4-0001", detail: { service: "auth", size: 7 } };
const text = JSON.stringify(event);
const sha256 = createHash("sha256").update(text).digest("hex");
const reference = "s3://payloads/payloads/1.json";

const storing = async (body: string) => {
  const local = createLocalAws();
  const s3 = new S3Client({
    ...local.clientConfig,
    requestHandler: local.requestHandler(),
    forcePathStyle: true,
  });
  await s3.send(new PutObjectCommand({ Bucket: "payloads", Key: "payloads/1.json", Body: body }));
  return s3;
};

const run = async (
  environment: Record<string, string>,
  { jobs = { report } as Jobs, stored = text } = {},
) => {
  const lines: Record<string, unknown>[] = [];
  const s3 = await storing(stored);
  const exitCode = await runWorker({
    jobs,
    environment,
    s3: () => s3,
    signal: new AbortController().signal,
    write: (line) => lines.push(JSON.parse(line)),
  });
  return { exitCode, lines };
};

const echo = (said: unknown[], exitCode = 0): Job =>
  defineJob(v.object({ COLOUR: v.picklist(["red", "green"]) }), async ({ event: received, environment }) => {
    said.push({ received, environment });
    return exitCode;
  });

describe("the job report", () => {
  test("logs what it received", async () => {
    const { exitCode, lines } = await run({ EVENT_PAYLOAD: text, PORT: "8080" });
    expect(lines).toEqual([
      {
        timestamp: expect.any(String),
        level: "INFO",
        message: "event received",
        service: "auth",
        eventId: "6f1c7ec4-0001",
        detailKeys: ["service", "size"],
        bytes: text.length,
        port: "8080",
        attempt: 1,
      },
    ]);
    expect(exitCode).toBe(0);
  });

  test("exits with 3 until the attempt that an event asks for", async () => {
    const event = JSON.stringify({ id: "1", detail: { service: "auth", succeedsAtAttempt: 2 } });
    expect(await run({ EVENT_PAYLOAD: event })).toMatchObject({ exitCode: 3 });
    expect(await run({ EVENT_PAYLOAD: event, LAUNCH_ATTEMPT: "2" })).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["[]", "event: expected an object, found []"],
    ['{"detail":7}', "detail: expected an object, found 7"],
    ['{"detail":{"service":7}}', "detail.service: expected a string, found 7"],
  ])("refuses the event %s", async (payload, reason) => {
    const { exitCode, lines } = await run({ EVENT_PAYLOAD: payload });
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([{ level: "ERROR", errorMessage: reason }]);
  });

  test("refuses an environment that its schema does not allow", async () => {
    const { exitCode, lines } = await run({ EVENT_PAYLOAD: text, PORT: "http" });
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([{ errorMessage: 'environment: PORT: expected a port, found "http"' }]);
  });
});

describe("the event", () => {
  test("is read from S3 and verified", async () => {
    const said: unknown[] = [];
    const { exitCode } = await run(
      { EVENT_PAYLOAD_REF: reference, EVENT_PAYLOAD_SHA256: sha256, COLOUR: "red" },
      { jobs: { echo: echo(said) } },
    );
    expect(said).toEqual([{ received: event, environment: { COLOUR: "red" } }]);
    expect(exitCode).toBe(0);
  });

  test.each<[string, Record<string, string>, string | undefined, RegExp]>([
    ["missing", {}, undefined, /^EVENT_PAYLOAD: expected the event as JSON, found nothing/],
    ["not JSON", { EVENT_PAYLOAD: "{" }, undefined, /^the event is not JSON/],
    [
      "changed in S3",
      { EVENT_PAYLOAD_REF: reference, EVENT_PAYLOAD_SHA256: sha256 },
      '{"id":"other"}',
      /payloads\/1\.json: its SHA-256 is .*this is not the payload of the launch/,
    ],
    [
      "in S3 without its hash",
      { EVENT_PAYLOAD_REF: reference },
      undefined,
      /EVENT_PAYLOAD_SHA256 is not set/,
    ],
    [
      "gone from S3",
      { EVENT_PAYLOAD_REF: "s3://payloads/gone.json", EVENT_PAYLOAD_SHA256: sha256 },
      undefined,
      /key does not exist/,
    ],
    [
      "no S3 address",
      { EVENT_PAYLOAD_REF: "payloads/1.json", EVENT_PAYLOAD_SHA256: sha256 },
      undefined,
      /^EVENT_PAYLOAD_REF: expected s3:\/\/bucket\/key/,
    ],
  ])("runs no job when the event is %s", async (_name, environment, stored, reason) => {
    const said: unknown[] = [];
    const jobs = { echo: echo(said) };
    const { exitCode, lines } = await run({ ...environment, COLOUR: "red" }, { jobs, stored });
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([{ level: "ERROR", errorMessage: expect.stringMatching(reason) }]);
    expect(said).toEqual([]);
  });
});

describe("the payload of a job that is not the event", () => {
  const jobs = (said: unknown[]): Jobs => ({
    policy: defineJob(
      v.object({}),
      async ({ event: received }) => {
        said.push(received);
        return 0;
      },
      { variable: "FINDING_PAYLOAD", what: "finding" },
    ),
  });

  test("is in variables of its own", async () => {
    const said: unknown[] = [];
    const environment = {
      FINDING_PAYLOAD_REF: reference,
      FINDING_PAYLOAD_SHA256: sha256,
      EVENT_PAYLOAD: "{",
    };
    expect(await run(environment, { jobs: jobs(said) })).toMatchObject({ exitCode: 0 });
    expect(said).toEqual([event]);
  });

  test.each([
    [
      { EVENT_PAYLOAD: text },
      "FINDING_PAYLOAD: expected the finding as JSON, found nothing (nor FINDING_PAYLOAD_REF)",
    ],
    [{ FINDING_PAYLOAD: "{" }, expect.stringMatching(/^the finding is not JSON: /)],
    [
      { FINDING_PAYLOAD_REF: reference },
      expect.stringMatching(/FINDING_PAYLOAD_SHA256 is not set: this is not the payload of the launch$/),
    ],
  ])("is missed by its own name: %j", async (environment, errorMessage) => {
    const said: unknown[] = [];
    const { exitCode, lines } = await run(environment, { jobs: jobs(said) });
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([{ errorMessage }]);
    expect(said).toEqual([]);
  });
});

describe("the job", () => {
  test("that JOB names is run, and its exit code is that of the container", async () => {
    const jobs = { red: echo([], 0), green: echo([], 7) };
    expect((await run({ JOB: "green", EVENT_PAYLOAD: text, COLOUR: "green" }, { jobs })).exitCode).toBe(7);
  });

  test.each([
    [{}, "JOB: expected one of red, green, found nothing"],
    [{ JOB: "blue" }, 'JOB: expected one of red, green, found "blue"'],
    [{ JOB: "toString" }, 'JOB: expected one of red, green, found "toString"'],
  ])("is not run when its name is unknown: %j", async (environment, reason) => {
    const jobs = { red: echo([]), green: echo([]) };
    const { exitCode, lines } = await run({ EVENT_PAYLOAD: text, ...environment }, { jobs });
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([{ errorMessage: reason }]);
  });

  test("that throws exits with 1 and logs the error", async () => {
    const jobs = {
      broken: defineJob(v.object({}), async () => {
        throw new TypeError("no such thing");
      }),
    };
    const { exitCode, lines } = await run({ EVENT_PAYLOAD: text }, { jobs });
    expect(exitCode).toBe(1);
    expect(lines).toMatchObject([
      { message: "job failed", errorType: "TypeError", errorMessage: "no such thing" },
    ]);
  });
});
