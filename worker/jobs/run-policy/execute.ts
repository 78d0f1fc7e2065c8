import type { PolicyRun } from "../../../container-contract/policy-run";
import { toErrorFields } from "../../../handlers/shared/log";
import { hashSha256 } from "../../../handlers/shared/payload";
import type { JobContext } from "../../job";
import { runCustodian } from "./custodian";
import { readCustodianLog } from "./custodian-log";
import type { RunPolicySettings } from "./environment";
import { countAllResources, storeOutput } from "./output";
import { prepare } from "./prepare";
import { type PolicyRunResult, statusOf } from "./result";

/** The part of the result that only the run itself knows. */
export type Execution = Pick<
  PolicyRunResult,
  "status" | "resourcesProcessed" | "actionsTaken" | "errors" | "executionSeconds" | "exitCode" | "output"
>;

/** The same whenever an attempt is repeated, so that it replaces its files. */
const outputPrefix = (run: PolicyRun, attempt: string): string =>
  `${run.policy_key.replace(/\.\w+$/, "")}/${hashSha256(JSON.stringify(run))}/${attempt}/`;

// The policy has run: its exit code decides whether it is run again, not whether its files could be stored.
const store = async (
  run: PolicyRun,
  { environment, log, s3 }: JobContext<RunPolicySettings>,
  folder: string,
): Promise<Pick<Execution, "output">> => {
  const { OUTPUT_BUCKET: bucket, LAUNCH_ATTEMPT } = environment;
  if (bucket === undefined) return {};
  const prefix = outputPrefix(run, LAUNCH_ATTEMPT);
  try {
    await storeOutput(s3(), folder, { bucket, prefix });
    return { output: `s3://${bucket}/${prefix}` };
  } catch (error) {
    log.error("output not stored", { bucket, prefix, ...toErrorFields(error) });
    return {};
  }
};

/** Runs the policies of a payload with `folder` as the place for temporary files. @throws Error when it must not run */
export const execute = async (
  run: PolicyRun,
  context: JobContext<RunPolicySettings>,
  folder: string,
): Promise<Execution> => {
  const { environment, log, signal, s3 } = context;
  const prepared = await prepare(run, environment, s3(), folder);
  const custodianLog = readCustodianLog(log);
  const start = Date.now();
  const exitCode = await runCustodian({
    program: environment.CUSTODIAN,
    arguments: prepared.arguments,
    signal,
    onLine: custodianLog.onLine,
  });
  const executionSeconds = (Date.now() - start) / 1000;
  const { actionsTaken, errors } = custodianLog.counts();
  return {
    status: statusOf(exitCode, errors),
    resourcesProcessed: await countAllResources(prepared.output, prepared.names),
    actionsTaken,
    errors,
    executionSeconds,
    exitCode,
    ...(await store(run, context, prepared.output)),
  };
};
