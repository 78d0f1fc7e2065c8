import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { FindingResource } from "../../container-contract/policy-run";
import { hashSha256 } from "../../handlers/shared/payload";
import type { LocalAws } from "../../local";
import { bundleWorker } from "../../scripts/bundle/worker";
import { ensureCustodian } from "../../scripts/setup/index.cjs";

export const accountId = "123456789012";
const region = "us-east-1";
const bucket = "policies";

export type PolicyRunOptions = {
  /** The text of the policy file. */
  policy: string;
  resource?: Omit<FindingResource, "account" | "region"> & Partial<FindingResource>;
  /** Differs from that of the policy to show what a change of it does. */
  sha256?: string;
  scope?: "resource" | "account";
  dryRun?: boolean;
  /** What the policy file becomes after it was selected. */
  replacedBy?: string;
  /** A shell script that runs in the place of Cloud Custodian. */
  fake?: string;
  /** Passes the payload as an object in S3. */
  byReference?: boolean;
  environment?: Readonly<Record<string, string>>;
  /** Sends SIGTERM to the worker as soon as its log has this text. */
  stopAt?: string;
};

export type PolicyRunOutcome = {
  exitCode: number;
  lines: Record<string, unknown>[];
  /** The line with the result. */
  result: Record<string, unknown>;
  /** The line with the metrics. */
  metrics: Record<string, unknown>;
};

/** Runs the worker's job run-policy as its container does, with real Cloud Custodian, on local AWS. */
export const createPolicyRunner = async (aws: LocalAws) => {
  const custodian = ensureCustodian();
  const folder = mkdtempSync(join(tmpdir(), "policy-runner-"));
  const program = join(folder, "worker.js");
  await bundleWorker(undefined, program);
  const s3 = new S3Client({
    endpoint: aws.endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );

  let runs = 0;
  return async (options: PolicyRunOptions): Promise<PolicyRunOutcome> => {
    runs += 1;
    const key = `policies/test-${runs}.yml`;
    const { VersionId } = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: options.policy }),
    );
    const payload = {
      finding: {
        id: "finding-1",
        source: "aws.securityhub",
        detailType: "Security Hub Findings - Imported",
        account: accountId,
        region,
        ...(options.resource && { resource: { account: accountId, region, ...options.resource } }),
      },
      policy_key: key,
      policy: {
        version_id: VersionId,
        sha256: options.sha256 ?? hashSha256(options.policy),
      },
      mapping: "test",
      scope: options.scope ?? "resource",
      dry_run: options.dryRun ?? false,
      event: { id: "1" },
    };
    if (options.replacedBy)
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: options.replacedBy }));
    const text = JSON.stringify(payload);
    const reference = `payloads/${runs}.json`;
    if (options.byReference)
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: reference, Body: text }));
    const fake = join(folder, `custodian-${runs}`);
    if (options.fake) writeFileSync(fake, `#!/bin/sh\n${options.fake}\n`, { mode: 0o755 });
    const child = spawn(process.execPath, [program], {
      env: {
        PATH: process.env.PATH,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        TMPDIR: folder,
        ...aws.environment,
        JOB: "run-policy",
        ...(options.byReference
          ? { FINDING_PAYLOAD_REF: `s3://${bucket}/${reference}`, FINDING_PAYLOAD_SHA256: hashSha256(text) }
          : { FINDING_PAYLOAD: text }),
        POLICY_BUCKET: bucket,
        POLICY_KEY: key,
        CUSTODIAN: options.fake ? fake : custodian,
        ...options.environment,
      },
    });
    let output = "";
    let stopped = false;
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (stopped || !options.stopAt || !output.includes(options.stopAt)) return;
      stopped = true;
      child.kill("SIGTERM");
    });
    child.stderr.pipe(process.stderr);
    const [exitCode] = (await once(child, "close")) as [number];
    const lines = output
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    return {
      exitCode,
      lines,
      result: lines.find(({ message }) => message === "policy run ended") ?? {},
      metrics: lines.find(({ _aws }) => _aws) ?? {},
    };
  };
};

export const readPolicy = (name: string): string =>
  readFileSync(join(__dirname, "../../examples/policy-runner/policies", name), "utf8");
