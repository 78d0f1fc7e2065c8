import * as v from "valibot";
import { accountId, ignore, optional, parseAt, regionName, text, time, title } from "./fields";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";
import { readSeverity } from "./severity";

const detail = v.object({
  id: text,
  type: optional(text),
  title: optional(title),
  accountId: optional(accountId),
  region: optional(regionName),
  updatedAt: optional(time),
  archived: optional(v.boolean()),
  severity: optional(v.object({ description: optional(text) })),
  resourcesAffected: optional(
    v.object({ s3Bucket: optional(v.object({ name: optional(text), arn: optional(text) })) }),
  ),
});

/** Findings of Macie, about policies and about sensitive data: each names one bucket. */
export const readMacie: Reader = (event) => {
  const finding = parseAt("detail", detail, event.detail);
  const { id, type, title, accountId: account, region, updatedAt } = finding;
  if (finding.archived) return [ignore(id, "archived", "archived", true)];
  const severity = readSeverity(finding.severity?.description);
  return [
    createFinding(event, { id, type, title, severity, account, region, updatedAt }, (place) => {
      const bucket = finding.resourcesAffected?.s3Bucket;
      const name = bucket?.arn ?? bucket?.name;
      return name == null
        ? []
        : [createResource({ type: "AWS::S3::Bucket", name }, place, "detail.resourcesAffected.s3Bucket.arn")];
    }),
  ];
};
