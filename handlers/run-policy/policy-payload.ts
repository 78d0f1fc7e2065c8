import type { PolicyRun } from "../../container-contract/policy-run";
import type { Finding, Resource } from "../shared/findings/finding";
import type { Selection } from "./mappings/mappings";
import type { PinnedPolicy } from "./pin-policy";

/** A policy that is to be run for a finding. */
export type SelectedRun = {
  finding: Finding;
  /** Absent: the run is for the account, or the finding names no resource. */
  resource: Resource | undefined;
  selection: Selection;
};

/** Deterministic: a launch that is repeated must have the same payload. */
const createLinks = (resource: Resource | undefined) =>
  resource?.arn === undefined
    ? {}
    : { console_url: `https://console.aws.amazon.com/go/view?arn=${encodeURIComponent(resource.arn)}` };

/** What the container gets. */
export const createPolicyPayload = (
  { finding: { resources: _, ...finding }, resource, selection }: SelectedRun,
  policy: PinnedPolicy,
  event: unknown,
  isEnriched: boolean,
): PolicyRun => ({
  finding: { ...finding, ...(resource && { resource }), ...(isEnriched && createLinks(resource)) },
  policy_key: selection.policy.key,
  policy,
  mapping: selection.mapping,
  scope: selection.scope,
  dry_run: selection.dryRun,
  event,
});
