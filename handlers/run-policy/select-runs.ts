import type { Finding, Resource } from "../shared/findings/finding";
import type { RunPolicySettings } from "./environment";
import type { Mappings, Selection } from "./mappings/mappings";
import { selectPolicies } from "./mappings/select-policies";
import type { SelectedRun } from "./policy-payload";
import type { Run } from "./run-event";

/** A resource of a finding for which there is no policy. */
export type Unmatched = { finding: Finding; resource: Resource | undefined };

type DefaultPolicySettings = Pick<RunPolicySettings, "USE_DEFAULT_POLICY" | "DEFAULT_POLICY_KEY">;

/** For findings that no mapping takes, when that is switched on. */
const defaultSelections = (
  { USE_DEFAULT_POLICY: isUsed, DEFAULT_POLICY_KEY: ownKey }: DefaultPolicySettings,
  { defaultPolicy }: Mappings,
): readonly Selection[] => {
  const key = ownKey ?? defaultPolicy;
  if (!isUsed || key === undefined) return [];
  return [
    { mapping: "default-policy", policy: { key }, scope: "resource", dryRun: false, cooldownSeconds: 300 },
  ];
};

/** The `run` with which the event of one run is stored. */
export const nameRun = (finding: Finding, resource: Resource | undefined, mapping?: string): Run => ({
  finding: finding.id,
  ...(resource && { resource: resource.id }),
  ...(mapping !== undefined && { mapping }),
});

/**
 * The policies to run for a finding, and its resources for which there is none. A policy for an account is run once,
 * however many resources the finding has.
 */
export const selectRuns = (
  mappings: Mappings,
  finding: Finding,
  settings: DefaultPolicySettings,
): { selected: readonly SelectedRun[]; unmatched: readonly Unmatched[] } => {
  const selected: SelectedRun[] = [];
  const unmatched: Unmatched[] = [];
  const accountMappings = new Set<string>();
  const resources = finding.resources.length > 0 ? finding.resources : [undefined];
  for (const resource of resources) {
    const byMapping = selectPolicies(mappings, finding, resource);
    const selections = byMapping.length > 0 ? byMapping : defaultSelections(settings, mappings);
    if (selections.length === 0) unmatched.push({ finding, resource });
    for (const selection of selections) {
      if (selection.scope === "resource") selected.push({ finding, resource, selection });
      else if (!accountMappings.has(selection.mapping)) {
        accountMappings.add(selection.mapping);
        selected.push({ finding, resource: undefined, selection });
      }
    }
  }
  return { selected, unmatched };
};
