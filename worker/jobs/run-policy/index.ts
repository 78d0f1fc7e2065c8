import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { type PolicyRun, policyRun } from "../../../container-contract/policy-run";
import { toErrorFields } from "../../../handlers/shared/log";
import { describeIssues } from "../../../handlers/shared/schema";
import { truncateReason } from "../../../handlers/shared/text";
import { defineJob, type JobContext } from "../../job";
import { sha256 } from "../../payload";
import { confinePolicies, withoutMode } from "./confine";
import { runCustodian } from "./custodian";
import { readCustodianLog } from "./custodian-log";
import { type RunPolicySettings, runPolicyEnvironment } from "./environment";
import { findMemberRole, sessionPolicyFor } from "./member-account";
import { countAllResources, storeOutput } from "./output";
import { parsePolicyFile } from "./policy-file";
import { fetchPolicy } from "./policy-object";
import { emitMetrics, type PolicyRunResult, statusOf } from "./result";

type Context = JobContext<RunPolicySettings>;
type Counts = Pick<
  PolicyRunResult,
  "status" | "resourcesProcessed" | "actionsTaken" | "errors" | "executionSeconds" | "exitCode" | "output"
>;

const readPolicyRun = (input: unknown, { POLICY_KEY }: RunPolicySettings): PolicyRun => {
  const result = v.safeParse(policyRun, input);
  if (!result.success) throw new Error(describeIssues(result.issues, "payload"));
  if (result.output.policy_key !== POLICY_KEY)
    throw new Error(
      `POLICY_KEY: expected ${result.output.policy_key}, as in the payload, found ${POLICY_KEY}`,
    );
  return result.output;
};

// Findings of global services name no region, or one that is none.
const regionOf = ({ finding }: PolicyRun, { AWS_REGION }: RunPolicySettings): string => {
  const { region } = finding.resource ?? finding;
  return /-\d+$/.test(region) ? region : AWS_REGION;
};

/** Writes what Cloud Custodian reads into `folder`, and returns its arguments. */
const prepare = async (run: PolicyRun, { environment, s3 }: Context, folder: string) => {
  const { scope, finding, policy, policy_key } = run;
  const text = await fetchPolicy(s3(), {
    bucket: environment.POLICY_BUCKET,
    key: policy_key,
    ...(policy.version_id !== undefined && { versionId: policy.version_id }),
    expected: policy.sha256,
  });
  const all = withoutMode(parsePolicyFile(text, policy_key));
  const policies = scope === "account" ? all : confinePolicies(all, finding.resource!);
  // JSON: Cloud Custodian reads it, and no id can be anything but a text in it.
  const file = join(folder, "policy.json");
  await writeFile(file, JSON.stringify({ policies }));

  const args = ["-s", join(folder, "output"), "--cache-period", "0", "-r", regionOf(run, environment)];
  if (run.dry_run) args.push("--dryrun");
  const role = await findMemberRole((finding.resource ?? finding).account, environment);
  if (role !== undefined) {
    args.push("--assume", role.arn);
    if (role.externalId !== undefined) args.push("--external-id", role.externalId);
    if (scope === "resource") {
      const sessionPolicy = join(folder, "session-policy.json");
      await writeFile(sessionPolicy, JSON.stringify(sessionPolicyFor(finding.resource!)));
      args.push("--session-policy", sessionPolicy);
    }
  }
  return { arguments: [...args, file], names: policies.map(({ name }) => name) };
};

/** The same for every delivery of an event, so that an attempt that is repeated replaces its files. */
const outputPrefix = (run: PolicyRun, attempt: string): string =>
  `${run.policy_key.replace(/\.\w+$/, "")}/${sha256(JSON.stringify(run))}/${attempt}/`;

const execute = async (run: PolicyRun, context: Context, folder: string): Promise<Counts> => {
  const { environment, log, signal, s3 } = context;
  const { arguments: args, names } = await prepare(run, context, folder);
  const output = join(folder, "output");
  await mkdir(output);
  const custodianLog = readCustodianLog(log);
  const { FINDING_PAYLOAD: _, ...childEnvironment } = process.env;
  const start = Date.now();
  const exitCode = await runCustodian({
    program: environment.CUSTODIAN,
    arguments: args,
    environment: childEnvironment,
    signal,
    onLine: custodianLog.onLine,
  });
  const counts: Counts = {
    status: statusOf(exitCode, custodianLog.errors()),
    resourcesProcessed: await countAllResources(output, names),
    actionsTaken: custodianLog.actionsTaken(),
    errors: custodianLog.errors(),
    executionSeconds: (Date.now() - start) / 1000,
    exitCode,
  };
  const { OUTPUT_BUCKET: bucket } = environment;
  if (bucket === undefined) return counts;
  const prefix = outputPrefix(run, environment.LAUNCH_ATTEMPT);
  try {
    await storeOutput(s3(), output, { bucket, prefix });
    return { ...counts, output: `s3://${bucket}/${prefix}` };
  } catch (error) {
    // The policy has run: its exit code decides whether it is run again.
    log.error("output not stored", { bucket, prefix, ...toErrorFields(error) });
    return counts;
  }
};

const inTemporaryFolder = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), "policy-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const report = async (result: PolicyRunResult, { environment, log, write }: Context): Promise<void> => {
  emitMetrics(result, Date.now(), write);
  log.info("policy run ended", result);
  const { NOTIFICATION_QUEUE_URL: QueueUrl } = environment;
  if (QueueUrl === undefined) return;
  try {
    await new SQSClient().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(result) }));
  } catch (error) {
    log.error("notification not sent", { QueueUrl, ...toErrorFields(error) });
  }
};

/**
 * Runs the selected Cloud Custodian policy once, on the finding's resource and nothing else. The exit code is Cloud
 * Custodian's, or 1 if the run was refused.
 */
export const runPolicy = defineJob(
  runPolicyEnvironment,
  async (context) => {
    const { environment, event, log } = context;
    const run = readPolicyRun(event, environment);
    const { finding, mapping, scope } = run;
    const common = {
      version: 1,
      finding: finding.id,
      ...(finding.resource && { resource: finding.resource }),
      policy: run.policy_key,
      policySha256: run.policy.sha256,
      mapping,
      scope,
      dryRun: run.dry_run,
      attempt: Number(environment.LAUNCH_ATTEMPT),
    } as const;
    try {
      const counts = await inTemporaryFolder((folder) => execute(run, context, folder));
      await report({ ...common, ...counts }, context);
      return counts.exitCode;
    } catch (error) {
      const { errorMessage: reason } = toErrorFields(error) as { errorMessage: string };
      log.error("policy run refused", { reason: truncateReason(reason) });
      const none = { resourcesProcessed: 0, actionsTaken: 0, errors: 0, executionSeconds: 0, exitCode: 1 };
      await report({ ...common, status: "refused", reason, ...none }, context);
      return 1;
    }
  },
  { variable: "FINDING_PAYLOAD", what: "finding" },
);
