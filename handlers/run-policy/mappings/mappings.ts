import type { Severity } from "../../shared/findings/finding";

/** What a policy is run on: the finding's resource, or all resources of the account that the policy matches. */
export type Scope = "resource" | "account";

/** The fields of a finding that an entry can ask for. */
export const matchKeys = [
  "source",
  "detail_type",
  "finding_type",
  "control_id",
  "event_name",
  "resource_type",
  "resource_id",
  "account",
  "region",
] as const;
export type MatchKey = (typeof matchKeys)[number];

/** One entry of a mapping file. */
export type Mapping = {
  id: string;
  enabled: boolean;
  match: { readonly [key in MatchKey]?: readonly string[] } & {
    readonly severity_at_least?: Severity;
    readonly severity_at_most?: Severity;
  };
  policy: { key: string; versionId?: string; sha256?: string };
  scope: Scope;
  dryRun: boolean;
  cooldownSeconds: number;
  /** Whether later entries can match too. */
  continue: boolean;
};

/** A mapping file. */
export type Mappings = {
  version: "1.0" | "2.0";
  /** What is done with a finding that no entry matches. */
  onNoMatch: "ignore" | "dead_letter";
  /** Files of version 1.0 only. It acts only where the function is told to use it. */
  defaultPolicy?: string;
  /** In the order in which they are tried. */
  entries: readonly Mapping[];
};

/** A policy that is run for a finding's resource. */
export type Selection = Pick<Mapping, "policy" | "scope" | "dryRun" | "cooldownSeconds"> & {
  /** Id of the entry. */
  mapping: string;
};
