import { parseMappings } from "../../../../handlers/run-policy/mappings/parse-mappings";
import { selectPolicies } from "../../../../handlers/run-policy/mappings/select-policies";
import type { Finding, Resource } from "../../../../handlers/shared/findings/finding";
import { readFindings } from "../../../../handlers/shared/findings/read-findings";
import { readFixture } from "../../../../testing/findings";

export const policy = { key: "policies/s3.yml" };

/** A mapping file of version 2.0. */
export const file = (mappings: unknown, more: object = {}): string =>
  JSON.stringify({ version: "2.0", mappings, ...more });

/** A mapping file with one entry. */
export const entry = (match: object, more: object = {}): string =>
  file([{ id: "s3", match, policy, ...more }]);

/** The first finding of a fixture and its first resource. */
export const firstFinding = (fixture: string): [Finding, Resource | undefined] => {
  const [finding] = readFindings(readFixture(fixture), { fallbackId: "delivery-1" }).findings;
  return [finding!, finding!.resources[0]];
};

/** Ids of the entries that take a fixture's first finding. */
export const takenBy = (text: string, fixture: string): string[] =>
  selectPolicies(parseMappings(text), ...firstFinding(fixture)).map(({ mapping }) => mapping);
