import * as v from "valibot";
import {
  accountId,
  ignore,
  list,
  optional,
  optionalList,
  parseAt,
  regionName,
  text,
  time,
  title,
} from "./fields";
import type { Ignored } from "./finding";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";
import { readSeverity } from "./severity";

// The AWS Security Finding Format (ASFF).
const asffFinding = v.object({
  Id: text,
  AwsAccountId: optional(accountId),
  Region: optional(regionName),
  GeneratorId: optional(text),
  Title: optional(title),
  Types: optionalList(text),
  UpdatedAt: optional(time),
  RecordState: optional(text),
  Severity: optional(v.object({ Label: optional(text) })),
  Workflow: optional(v.object({ Status: optional(text) })),
  Compliance: optional(v.object({ Status: optional(text), SecurityControlId: optional(text) })),
  Resources: optionalList(v.object({ Type: text, Id: text, Region: optional(regionName) })),
});
type AsffFinding = v.InferOutput<typeof asffFinding>;

const detail = v.object({ findings: list(asffFinding) });

const customAction = "Security Hub Findings - Custom Action";
export const securityHubDetailTypes = ["Security Hub Findings - Imported", customAction];

const passed = ["PASSED", "NOT_AVAILABLE"];

const readIgnored = (finding: AsffFinding, detailType: string): Ignored | undefined => {
  const { Id: id, RecordState: state } = finding;
  if (state != null && state !== "ACTIVE") return ignore(id, "archived", "RecordState", state);
  const compliance = finding.Compliance?.Status;
  if (compliance != null && passed.includes(compliance))
    return ignore(id, "passed", "Compliance.Status", compliance);
  // A person who starts a custom action may do so after somebody was notified.
  const open = detailType === customAction ? ["NEW", "NOTIFIED"] : ["NEW"];
  const workflow = finding.Workflow?.Status;
  if (workflow != null && !open.includes(workflow))
    return ignore(id, "resolved", "Workflow.Status", workflow);
  return undefined;
};

// security-control/S3.8, or aws-foundational-security-best-practices/v/1.0.0/S3.8 without consolidated findings.
const controlInGenerator = /\/([A-Za-z0-9]+\.\d+)$/;

/** Findings of Security Hub CSPM. */
export const readSecurityHub: Reader = (event) =>
  parseAt("detail", detail, event.detail).findings.map((finding, index) => {
    const ignored = readIgnored(finding, event.detailType);
    if (ignored !== undefined) return ignored;
    const [type, ...otherTypes] = finding.Types;
    return createFinding(
      event,
      {
        id: finding.Id,
        type,
        otherTypes: otherTypes.length > 0 ? otherTypes : undefined,
        controlId:
          finding.Compliance?.SecurityControlId ?? controlInGenerator.exec(finding.GeneratorId ?? "")?.[1],
        title: finding.Title,
        severity: readSeverity(finding.Severity?.Label),
        account: finding.AwsAccountId,
        region: finding.Region,
        updatedAt: finding.UpdatedAt,
      },
      (place) =>
        finding.Resources.map(({ Type, Id, Region }, number) =>
          createResource(
            { type: Type, name: Id, region: Region },
            place,
            `detail.findings[${index}].Resources[${number}].Id`,
          ),
        ),
    );
  });
