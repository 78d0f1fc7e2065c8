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
import type { Ignored, Severity } from "./finding";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";
import { readSeverity } from "./severity";

const owner = v.object({ account: optional(v.object({ uid: optional(accountId) })) });

// The Open Cybersecurity Schema Framework (OCSF), profiles cloud and datetime.
const ocsfFinding = v.object({
  activity_name: optional(text),
  status: optional(text),
  severity: optional(text),
  cloud: optional(
    v.object({ region: optional(regionName), account: optional(v.object({ uid: optional(accountId) })) }),
  ),
  compliance: optional(v.object({ control: optional(text), status: optional(text) })),
  finding_info: v.object({
    uid: text,
    title: optional(title),
    types: optionalList(text),
    modified_time_dt: optional(time),
  }),
  resources: optionalList(
    v.object({
      // A resource outside AWS may have neither.
      uid: optional(text),
      type: optional(text),
      region: optional(regionName),
      owner: optional(owner),
    }),
  ),
});
type OcsfFinding = v.InferOutput<typeof ocsfFinding>;

const detail = v.object({ findings: list(ocsfFinding) });

const readIgnored = (finding: OcsfFinding): Ignored | undefined => {
  const { uid: id } = finding.finding_info;
  if (finding.activity_name === "Close") return ignore(id, "archived", "activity_name", "Close");
  if (finding.status != null && finding.status !== "New")
    return ignore(id, "resolved", "status", finding.status);
  if (finding.compliance?.status === "Pass") return ignore(id, "passed", "compliance.status", "Pass");
  return undefined;
};

/** OCSF has one severity above Critical. */
const severityOf = ({ severity }: OcsfFinding): Severity | undefined =>
  severity === "Fatal" ? "CRITICAL" : readSeverity(severity);

/** Findings of Security Hub, which are in OCSF. */
export const readSecurityHubV2: Reader = (event) =>
  parseAt("detail", detail, event.detail).findings.map((finding, index) => {
    const { finding_info: info, cloud } = finding;
    const ignored = readIgnored(finding);
    if (ignored !== undefined) return ignored;
    const [type, ...otherTypes] = info.types;
    return createFinding(
      event,
      {
        id: info.uid,
        type,
        otherTypes: otherTypes.length > 0 ? otherTypes : undefined,
        controlId: finding.compliance?.control,
        title: info.title,
        severity: severityOf(finding),
        account: cloud?.account?.uid,
        region: cloud?.region,
        updatedAt: info.modified_time_dt,
      },
      (place) =>
        finding.resources.flatMap(({ uid, type, region, owner }, number) =>
          uid == null || type == null
            ? []
            : createResource(
                { type, name: uid, region, account: owner?.account?.uid },
                place,
                `detail.findings[${index}].resources[${number}].uid`,
              ),
        ),
    );
  });
