import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { type PolicyRun, policyRun } from "../../../container-contract/policy-run";
import { describeIssues } from "../../../handlers/shared/schema";
import { truncateReason } from "../../../handlers/shared/text";
import { defineJob } from "../../job";
import { type RunPolicySettings, runPolicyEnvironment } from "./environment";
import { type Execution, execute } from "./execute";
import { report } from "./report";

const readPolicyRun = (input: unknown, { POLICY_KEY }: RunPolicySettings): PolicyRun => {
  const result = v.safeParse(policyRun, input);
  if (!result.success) throw new Error(describeIssues(result.issues, "payload"));
  if (result.output.policy_key !== POLICY_KEY)
    throw new Error(
      `POLICY_KEY: expected ${result.output.policy_key}, as in the payload, found ${POLICY_KEY}`,
    );
  return result.output;
};

const inTemporaryFolder = async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), "policy-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const refused = (error: unknown): Execution & { reason: string } => ({
  status: "refused",
  reason: truncateReason(error instanceof Error ? error.message : String(error)),
  resourcesProcessed: 0,
  actionsTaken: 0,
  errors: 0,
  executionSeconds: 0,
  exitCode: 1,
});

/**
 * Runs the selected Cloud Custodian policy once, on the finding's resource and nothing else. The exit code is Cloud
 * Custodian's, or 1 if the run was refused.
 */
export const runPolicy = defineJob(
  runPolicyEnvironment,
  async (context) => {
    const { environment, event, log } = context;
    const run = readPolicyRun(event, environment);
    const execution = await inTemporaryFolder((folder) => execute(run, context, folder)).catch(refused);
    if ("reason" in execution) log.error("policy run refused", { reason: execution.reason });
    const { id: finding, resource } = run.finding;
    await report(
      {
        version: 1,
        finding,
        ...(resource !== undefined && { resource }),
        policy: run.policy_key,
        policySha256: run.policy.sha256,
        mapping: run.mapping,
        scope: run.scope,
        dryRun: run.dry_run,
        attempt: Number(environment.LAUNCH_ATTEMPT),
        ...execution,
      },
      context,
    );
    return execution.exitCode;
  },
  { variable: "FINDING_PAYLOAD", what: "finding" },
);
