import { type Finding, type Resource, type Severity, severities } from "../../shared/findings/finding";
import { spellingsOf } from "../../shared/findings/resource-types";
import { quote } from "../../shared/text";
import { matchesGlob } from "./glob";
import { type Mapping, type Mappings, type MatchKey, matchKeys } from "./mappings";
import { comparisonInV1, type ReadValues, valuesInV1 } from "./version-1";

/** Why an entry does not match, in one sentence for each key. Empty: it matches. */
type Mismatches = readonly string[];

const valuesOf: { readonly [key in MatchKey]: ReadValues } = {
  source: ({ source }) => [source],
  detail_type: ({ detailType }) => [detailType],
  finding_type: ({ type, otherTypes = [] }) => [type, ...otherTypes],
  control_id: ({ controlId }) => [controlId],
  event_name: ({ eventName }) => [eventName],
  resource_type: (_finding, resource) => (resource === undefined ? [] : spellingsOf(resource.type)),
  resource_id: (_finding, resource) => [resource?.id, resource?.arn],
  account: (finding, resource) => [(resource ?? finding).account],
  region: (finding, resource) => [(resource ?? finding).region],
};

/** The items of a list. In files of version 1.0 a `!` has no meaning. */
export const splitItems = (version: Mappings["version"], items: readonly string[]) => {
  const isExclusion = (item: string): boolean => version === "2.0" && item.startsWith("!");
  return {
    included: items.filter((item) => !isExclusion(item)),
    excluded: items.filter(isExclusion).map((item) => item.slice(1)),
  };
};

const findMismatch = (
  version: Mappings["version"],
  key: MatchKey,
  items: readonly string[],
  finding: Finding,
  resource: Resource | undefined,
): string | undefined => {
  const [readValues, compare] =
    version === "2.0"
      ? [valuesOf[key], matchesGlob]
      : [valuesInV1[key] ?? valuesOf[key], comparisonInV1(key)];
  const values = readValues(finding, resource).filter((value) => value !== undefined);
  if (values.length === 0) return `${key}: the finding has none`;
  const found = quote(values.join(", "));
  const matchesAny = (item: string): boolean =>
    values.some((value) => compare(item.toLowerCase(), value.toLowerCase()));
  const { included, excluded } = splitItems(version, items);
  const exclusion = excluded.find(matchesAny);
  if (exclusion !== undefined) return `${key}: ${found} is excluded by ${quote(`!${exclusion}`)}`;
  if (included.length === 0 || included.some(matchesAny)) return undefined;
  return `${key}: ${found} matches none of ${quote(included.join(", "))}`;
};

const severityMismatch = (
  { severity_at_least: least, severity_at_most: most }: Mapping["match"],
  severity: Severity | undefined,
): string | undefined => {
  const wanted = least !== undefined ? `severity_at_least: ${least}` : `severity_at_most: ${most}`;
  if (least === undefined && most === undefined) return undefined;
  if (severity === undefined) return `${wanted}, the finding has no severity`;
  const rank = severities.indexOf(severity);
  if (least !== undefined && rank < severities.indexOf(least))
    return `severity_at_least: ${severity} is below ${least}`;
  if (most !== undefined && rank > severities.indexOf(most))
    return `severity_at_most: ${severity} is above ${most}`;
  return undefined;
};

/**
 * Why an entry does not take a finding's resource, key by key. Empty: it does.
 * @param resource absent: the finding names none
 */
export const findMismatches = (
  version: Mappings["version"],
  { enabled, match }: Mapping,
  finding: Finding,
  resource: Resource | undefined,
): Mismatches => {
  if (!enabled) return ["enabled: false"];
  const byKey = matchKeys.map((key) => {
    const items = match[key];
    return items && findMismatch(version, key, items, finding, resource);
  });
  return [...byKey, severityMismatch(match, finding.severity)].filter((each) => each !== undefined);
};
