import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import type { PolicyRun } from "../../../container-contract/policy-run";
import { confinePolicies, withoutMode } from "./confine";
import type { RunPolicySettings } from "./environment";
import { findMemberRole } from "./member-account";
import { parsePolicyFile } from "./policy-file";
import { fetchPolicy } from "./policy-object";
import { sessionPolicyFor } from "./session-policy";

// Findings of global services name no region, or one that is none.
const regionOf = ({ finding }: PolicyRun, { AWS_REGION }: RunPolicySettings): string => {
  const { region } = finding.resource ?? finding;
  return /-\d+$/.test(region) ? region : AWS_REGION;
};

const roleArguments = async ({ finding, scope }: PolicyRun, settings: RunPolicySettings, folder: string) => {
  const role = await findMemberRole((finding.resource ?? finding).account, settings);
  if (role === undefined) return [];
  const args = ["--assume", role.arn];
  if (role.externalId !== undefined) args.push("--external-id", role.externalId);
  if (scope === "account") return args;
  const file = join(folder, "session-policy.json");
  await writeFile(file, JSON.stringify(sessionPolicyFor(finding.resource!, role.partition)));
  return [...args, "--session-policy", file];
};

/** What Cloud Custodian is started with. */
export type Prepared = {
  arguments: readonly string[];
  /** Names of the policies. */
  names: readonly string[];
  /** The folder of its output files. */
  output: string;
};

/**
 * Writes the confined policies into `folder`.
 * @throws Error when the policy is not the selected one, cannot be confined, or is for an account that has no role
 */
export const prepare = async (
  run: PolicyRun,
  settings: RunPolicySettings,
  s3: S3Client,
  folder: string,
): Promise<Prepared> => {
  const { scope, finding, policy, policy_key: key } = run;
  const text = await fetchPolicy(s3, {
    bucket: settings.POLICY_BUCKET,
    key,
    versionId: policy.version_id,
    expected: policy.sha256,
  });
  const all = withoutMode(parsePolicyFile(text, key));
  const policies = scope === "account" ? all : confinePolicies(all, finding.resource!);
  // JSON: Cloud Custodian reads it, and no id can be anything but a text in it.
  const file = join(folder, "policy.json");
  await writeFile(file, JSON.stringify({ policies }));
  const output = join(folder, "output");
  return {
    arguments: [
      ...["-s", output, "--cache-period", "0", "-r", regionOf(run, settings)],
      ...(run.dry_run ? ["--dryrun"] : []),
      ...(await roleArguments(run, settings, folder)),
      file,
    ],
    names: policies.map(({ name }) => name),
    output,
  };
};
