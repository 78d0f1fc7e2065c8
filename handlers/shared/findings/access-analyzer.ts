import * as v from "valibot";
import { accountId, ignore, optional, parseAt, regionName, text, time } from "./fields";
import type { Ignored } from "./finding";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";

const detail = v.object({
  id: text,
  findingType: optional(text),
  status: optional(text),
  isDeleted: optional(v.boolean()),
  error: optional(text),
  resource: optional(text),
  resourceType: optional(text),
  accountId: optional(accountId),
  region: optional(regionName),
  updatedAt: optional(time),
});

const readIgnored = ({ id, status, isDeleted, error }: v.InferOutput<typeof detail>): Ignored | undefined => {
  if (isDeleted) return ignore(id, "deleted", "isDeleted", true);
  if (status === "ARCHIVED") return ignore(id, "archived", "status", status);
  if (status != null && status !== "ACTIVE") return ignore(id, "resolved", "status", status);
  // The analyzer could not read the resource: nothing is known about its access.
  return error == null ? undefined : ignore(id, "not_analyzed", "error", error);
};

/** Findings of IAM Access Analyzer. */
export const readAccessAnalyzer: Reader = (event) => {
  const finding = parseAt("detail", detail, event.detail);
  const { id, findingType: type, resource: name, resourceType, accountId: account, region } = finding;
  const ignored = readIgnored(finding);
  if (ignored !== undefined) return [ignored];
  return [
    createFinding(event, { id, type, account, region, updatedAt: finding.updatedAt }, (place) =>
      name == null || resourceType == null
        ? []
        : [createResource({ type: resourceType, name }, place, "detail.resource")],
    ),
  ];
};
