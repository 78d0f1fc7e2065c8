import { severities } from "../../shared/findings/finding";
import { detailTypes, sourcesWithSeverity } from "../../shared/findings/read-findings";
import { isKnownType } from "../../shared/findings/resource-types";
import { quote } from "../../shared/text";
import { findExcludedItems } from "./covers";
import { matchesGlob } from "./glob";
import { type Mapping, type Mappings, type MatchKey, matchKeys } from "./mappings";
import { splitItems } from "./match-entry";

const isPlain = (glob: string): boolean => !/[*?]/.test(glob);

const matchesAny = (glob: string, values: readonly string[]): boolean =>
  values.some((value) => matchesGlob(glob.toLowerCase(), value.toLowerCase()));

// API calls have the source of any service.
const isSource = (glob: string): boolean => {
  const start = glob.split(/[*?]/)[0]!.toLowerCase();
  return start.startsWith("aws.") || (!isPlain(glob) && "aws.".startsWith(start));
};

/** Why no finding can match a glob; undefined: some may. Only what is certain. */
const whyDead = (key: MatchKey, glob: string): string | undefined => {
  if (key === "source" && !isSource(glob)) return "sources begin with aws., such as aws.s3";
  if (key === "detail_type" && !matchesAny(glob, detailTypes))
    return `detail types are ${detailTypes.join(", ")}`;
  if (key === "resource_type" && isPlain(glob) && !isKnownType(glob))
    return "no known type is called so; types are written as in CloudFormation, such as AWS::S3::Bucket";
  if (key === "account" && isPlain(glob) && !/^\d{12}$/.test(glob)) return "account ids have 12 digits";
  return undefined;
};

const severityParts = ({ match }: Mapping): readonly string[] => {
  const { severity_at_least: least, severity_at_most: most, source = [] } = match;
  const parts: string[] = [];
  if (least && most && severities.indexOf(least) > severities.indexOf(most))
    parts.push(
      `severity_at_least ${least} is above severity_at_most ${most}: no finding has such a severity`,
    );
  const hasSeverity = (glob: string): boolean => !isPlain(glob) || matchesAny(glob, sourcesWithSeverity);
  if ((least ?? most) && source.length > 0 && !source.some(hasSeverity))
    parts.push(`findings of ${source.join(", ")} have no severity, so the entry matches none of them`);
  return parts;
};

/** Parts of an entry by which it matches nothing. */
export const findDeadParts = (version: Mappings["version"], entry: Mapping): readonly string[] => {
  const parts = matchKeys.flatMap((key) => {
    const items = entry.match[key];
    if (items === undefined) return [];
    const excluded = findExcludedItems(version, key, items).map(
      (item) => `${key}: ${quote(item)} matches nothing, since an exclusion takes it back`,
    );
    if (version === "1.0") return excluded;
    const dead = splitItems(version, items).included.flatMap((glob) => {
      const why = whyDead(key, glob);
      return why === undefined ? [] : [`${key}: ${quote(glob)} matches nothing: ${why}`];
    });
    return [...excluded, ...dead];
  });
  return [...parts, ...severityParts(entry)];
};
