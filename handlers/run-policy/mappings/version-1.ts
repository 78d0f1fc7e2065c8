import type { Finding, Resource } from "../../shared/findings/finding";
import { spellingsOf } from "../../shared/findings/resource-types";
import type { MatchKey } from "./mappings";

/** The values of a finding that a key is compared with. */
export type ReadValues = (
  finding: Finding,
  resource: Resource | undefined,
) => readonly (string | undefined)[];

/** Compares an item of a list with a value. Both are in lower case. */
export type Comparison = (item: string, value: string) => boolean;

/** What files of version 1.0 compare with other values: a service stands for all its resources. */
export const valuesInV1: { readonly [key in MatchKey]?: ReadValues } = {
  resource_type: ({ source }, resource) => {
    if (resource === undefined) return [];
    const [, service, kind] = resource.type.split("::");
    // GuardDuty's own name of a user or role.
    const isAccessKey = source === "aws.guardduty" && service === "IAM";
    return [...spellingsOf(resource.type), service, kind, ...(isAccessKey ? ["AccessKey"] : [])];
  },
};

const isSame: Comparison = (item, value) => item === value;
const isSameSource: Comparison = (item, value) => item.replace(/^aws\./, "") === value.replace(/^aws\./, "");
// Any `*` made the rest of the item a text that occurs somewhere.
const occurs: Comparison = (item, value) =>
  item.includes("*") ? value.includes(item.replaceAll("*", "")) : item === value;

/** How files of version 1.0 compare: without globs, except that a type can be a part of the finding's. */
export const comparisonInV1 = (key: MatchKey): Comparison => {
  if (key === "source") return isSameSource;
  return key === "finding_type" ? occurs : isSame;
};
