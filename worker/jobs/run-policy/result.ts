import type { FindingResource } from "../../../container-contract/policy-run";
import type { WriteLine } from "../../../handlers/shared/log";

/** The result of a policy run: a line of the log, and the message to `NOTIFICATION_QUEUE_URL`. */
export type PolicyRunResult = {
  version: 1;
  /**
   * `succeeded`: Cloud Custodian exited with 0, also if the resource needed no change. `incomplete`: it exited with 0, but
   * its log has errors. `failed`: it exited with 1 or 2. `stopped`: a signal ended it. `refused`: it was not run, `reason`
   * says why.
   */
  status: "succeeded" | "incomplete" | "failed" | "stopped" | "refused";
  /** Why it was refused. */
  reason?: string;
  /** Id of the finding. */
  finding: string;
  /** Absent with the scope `account`. */
  resource?: FindingResource;
  /** Key of the policy file. */
  policy: string;
  /** SHA-256 of the policy file, in hex. */
  policySha256: string;
  /** Id of the mapping that selected it. */
  mapping: string;
  scope: "resource" | "account";
  dryRun: boolean;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** Resources that passed the policies' filters. */
  resourcesProcessed: number;
  /** Sum over all actions of the resources that each was taken on. */
  actionsTaken: number;
  /** Errors in the log of Cloud Custodian. */
  errors: number;
  executionSeconds: number;
  /** Of the container. */
  exitCode: number;
  /** `s3://bucket/prefix/` of the output files, if they are stored. */
  output?: string;
};

export const statusOf = (exitCode: number, errors: number): PolicyRunResult["status"] => {
  if (exitCode === 0) return errors === 0 ? "succeeded" : "incomplete";
  return exitCode > 128 ? "stopped" : "failed";
};

const namespace = "CloudCustodian/PolicyExecution";

/**
 * Writes the metrics of a run to the log in CloudWatch embedded metric format, in one line: `ExecutionTime` in seconds,
 * `ResourcesProcessed`, `ActionsTaken` and `Errors`, all with the dimension Policy, which is the key of the policy file.
 */
export const emitMetrics = (result: PolicyRunResult, now: number, write: WriteLine): void =>
  write(
    JSON.stringify({
      _aws: {
        Timestamp: now,
        CloudWatchMetrics: [
          {
            Namespace: namespace,
            Dimensions: [["Policy"]],
            Metrics: [
              { Name: "ExecutionTime", Unit: "Seconds" },
              { Name: "ResourcesProcessed", Unit: "Count" },
              { Name: "ActionsTaken", Unit: "Count" },
              { Name: "Errors", Unit: "Count" },
            ],
          },
        ],
      },
      Policy: result.policy,
      ExecutionTime: result.executionSeconds,
      ResourcesProcessed: result.resourcesProcessed,
      ActionsTaken: result.actionsTaken,
      Errors: result.errors,
    }),
  );
