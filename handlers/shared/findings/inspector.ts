import * as v from "valibot";
import { accountId, ignore, optional, optionalList, parseAt, regionName, text, time, title } from "./fields";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";
import { readSeverity } from "./severity";

const detail = v.object({
  findingArn: text,
  type: optional(text),
  title: optional(title),
  severity: optional(text),
  status: optional(text),
  awsAccountId: optional(accountId),
  updatedAt: optional(time),
  resources: optionalList(v.object({ type: text, id: text, region: optional(regionName) })),
});

/**
 * Findings of Amazon Inspector. A delegated administrator gets the findings of the member accounts too: both events have
 * the same ARN of the finding, which is its id, and the same resource in the member account.
 */
export const readInspector: Reader = (event) => {
  const finding = parseAt("detail", detail, event.detail);
  const { findingArn: id, type, title, awsAccountId: account, updatedAt, status } = finding;
  if (status != null && status !== "ACTIVE") return [ignore(id, "resolved", "status", status)];
  return [
    createFinding(
      event,
      { id, type, title, severity: readSeverity(finding.severity), account, updatedAt },
      (place) =>
        finding.resources.map(({ type, id: name, region }, index) =>
          createResource({ type, name, region }, place, `detail.resources[${index}].id`),
        ),
    ),
  ];
};
