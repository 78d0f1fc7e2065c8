import * as v from "valibot";
import { accountId, ignore, optional, optionalList, parseAt, regionName, text, time, title } from "./fields";
import type { Severity } from "./finding";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";

const resource = v.object({
  resourceType: optional(text),
  instanceDetails: optional(v.object({ instanceId: optional(text) })),
  accessKeyDetails: optional(v.object({ userType: optional(text), userName: optional(text) })),
  s3BucketDetails: optionalList(v.object({ name: optional(text), arn: optional(text) })),
  eksClusterDetails: optional(v.object({ name: optional(text), arn: optional(text) })),
  ecsClusterDetails: optional(v.object({ name: optional(text), arn: optional(text) })),
  rdsDbInstanceDetails: optional(
    v.object({ dbInstanceIdentifier: optional(text), dbInstanceArn: optional(text) }),
  ),
  lambdaDetails: optional(v.object({ functionName: optional(text), functionArn: optional(text) })),
});
type Affected = v.InferOutput<typeof resource>;

const detail = v.object({
  id: text,
  type: optional(text),
  title: optional(title),
  severity: optional(v.number()),
  accountId: optional(accountId),
  region: optional(regionName),
  updatedAt: optional(time),
  resource: optional(resource),
  service: optional(v.object({ archived: optional(v.boolean()) })),
});

// GuardDuty User Guide, guardduty_findings-severity.html.
const severityOf = (value: number): Severity => {
  if (value >= 9) return "CRITICAL";
  if (value >= 7) return "HIGH";
  return value >= 4 ? "MEDIUM" : "LOW";
};

// userType of a finding about credentials: the others are no resource of the account, or all of it.
const principalTypes = new Map([
  ["IAMUser", "AWS::IAM::User"],
  ["AssumedRole", "AWS::IAM::Role"],
  ["Role", "AWS::IAM::Role"],
]);

type Named = { type: string; name: string | null | undefined };

/**
 * What the finding is about, by its resource type. Other details describe who acted, and from where: a finding about a
 * bucket names the caller's access key too.
 */
const affected = (resource: Affected): readonly Named[] => {
  switch (resource.resourceType) {
    case "Instance":
      return [{ type: "AWS::EC2::Instance", name: resource.instanceDetails?.instanceId }];
    case "AccessKey": {
      const type = principalTypes.get(resource.accessKeyDetails?.userType ?? "");
      return type === undefined ? [] : [{ type, name: resource.accessKeyDetails?.userName }];
    }
    case "S3Bucket":
    case "S3Object":
      return resource.s3BucketDetails.map(({ arn, name }) => ({
        type: "AWS::S3::Bucket",
        name: arn ?? name,
      }));
    case "EKSCluster":
      return [
        {
          type: "AWS::EKS::Cluster",
          name: resource.eksClusterDetails?.arn ?? resource.eksClusterDetails?.name,
        },
      ];
    case "ECSCluster":
      return [
        {
          type: "AWS::ECS::Cluster",
          name: resource.ecsClusterDetails?.arn ?? resource.ecsClusterDetails?.name,
        },
      ];
    case "RDSDBInstance":
      return [
        {
          type: "AWS::RDS::DBInstance",
          name:
            resource.rdsDbInstanceDetails?.dbInstanceArn ??
            resource.rdsDbInstanceDetails?.dbInstanceIdentifier,
        },
      ];
    case "Lambda":
      return [
        {
          type: "AWS::Lambda::Function",
          name: resource.lambdaDetails?.functionArn ?? resource.lambdaDetails?.functionName,
        },
      ];
    default:
      return [];
  }
};

/** Findings of GuardDuty. */
export const readGuardDuty: Reader = (event) => {
  const finding = parseAt("detail", detail, event.detail);
  if (finding.service?.archived) return [ignore(finding.id, "archived", "service.archived", true)];
  const { id, type, title, accountId: account, region, updatedAt } = finding;
  const severity = finding.severity == null ? undefined : severityOf(finding.severity);
  return [
    createFinding(event, { id, type, title, severity, account, region, updatedAt }, (place) =>
      (finding.resource ? affected(finding.resource) : []).flatMap(({ type, name }) =>
        name == null ? [] : createResource({ type, name }, place, "detail.resource"),
      ),
    ),
  ];
};
