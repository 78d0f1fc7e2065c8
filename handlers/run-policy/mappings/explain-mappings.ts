import type { Finding, Ignored, Resource } from "../../shared/findings/finding";
import { readFindings } from "../../shared/findings/read-findings";
import type { Mappings } from "./mappings";
import { findMismatches } from "./match-entry";

/** Whether an entry takes a finding's resource, and why not. */
export type EntryExplanation = { entry: string; taken: boolean; why: readonly string[] };

export type Explanation = {
  finding: Finding;
  /** Absent: the finding names none. */
  resource?: Resource;
  entries: readonly EntryExplanation[];
};

const explainResource = (
  { version, entries }: Mappings,
  finding: Finding,
  resource: Resource | undefined,
): readonly EntryExplanation[] => {
  let takenBy: string | undefined;
  return entries.map((entry) => {
    const why =
      takenBy === undefined
        ? findMismatches(version, entry, finding, resource)
        : [`not tried: ${takenBy} has taken the finding`];
    const taken = why.length === 0;
    if (taken && !entry.continue) takenBy = entry.id;
    return { entry: entry.id, taken, why };
  });
};

/** For each finding of an event and each of its resources: which entry takes it, and why the others do not. */
export const explainMappings = (
  mappings: Mappings,
  event: unknown,
): { explanations: readonly Explanation[]; ignored: readonly Ignored[] } => {
  const { findings, ignored } = readFindings(event, { fallbackId: "event" });
  const explanations = findings.flatMap((finding) =>
    finding.resources.length === 0
      ? [{ finding, entries: explainResource(mappings, finding, undefined) }]
      : finding.resources.map((resource) => ({
          finding,
          resource,
          entries: explainResource(mappings, finding, resource),
        })),
  );
  return { explanations, ignored };
};
