import * as v from "valibot";
import { accountId, ignore, optional, parseAt, regionName, text, time } from "./fields";
import type { Resource } from "./finding";
import { createFinding, type Reader } from "./finding-event";
import { createResource } from "./resource";

const detail = v.object({
  configRuleName: text,
  configRuleARN: optional(text),
  resourceType: text,
  resourceId: text,
  awsAccountId: optional(accountId),
  awsRegion: optional(regionName),
  // Null when the evaluation was deleted.
  newEvaluationResult: optional(v.object({ complianceType: text, resultRecordedTime: optional(time) })),
});

/** The unique ids by which AWS Config names some types of resources, and how they begin. */
const uniqueIds = new Map<string, { attribute: Resource["idAttribute"]; form: RegExp }>([
  ["AWS::IAM::User", { attribute: "UserId", form: /^AIDA[A-Z0-9]{12,}$/ }],
  ["AWS::IAM::Role", { attribute: "RoleId", form: /^AROA[A-Z0-9]{12,}$/ }],
  ["AWS::IAM::Group", { attribute: "GroupId", form: /^AGPA[A-Z0-9]{12,}$/ }],
  ["AWS::IAM::ManagedPolicy", { attribute: "PolicyId", form: /^ANPA[A-Z0-9]{12,}$/ }],
  ["AWS::RDS::DBInstance", { attribute: "DbiResourceId", form: /^db-[A-Z0-9]{12,}$/ }],
  ["AWS::RDS::DBCluster", { attribute: "DbClusterResourceId", form: /^cluster-[A-Z0-9]{12,}$/ }],
]);

const withIdAttribute = (resource: Resource): Resource => {
  const unique = uniqueIds.get(resource.type);
  return unique?.form.test(resource.id) ? { ...resource, idAttribute: unique.attribute } : resource;
};

/** Changes of compliance with rules of AWS Config. */
export const readConfig: Reader = (event) => {
  const {
    configRuleName: rule,
    configRuleARN,
    resourceType: type,
    resourceId: name,
    awsAccountId: account,
    awsRegion: region,
    newEvaluationResult: result,
  } = parseAt("detail", detail, event.detail);
  // There is no id of a finding: a rule has one about each resource.
  const id = parseAt("id", text, [configRuleARN ?? rule, type, name].join("/"));
  if (result == null) return [ignore(id, "deleted", "newEvaluationResult", "null")];
  const { complianceType: compliance } = result;
  if (compliance !== "NON_COMPLIANT") {
    return [ignore(id, "passed", "newEvaluationResult.complianceType", compliance)];
  }
  return [
    createFinding(
      event,
      { id, type: rule, account, region, updatedAt: result.resultRecordedTime },
      (place) => [withIdAttribute(createResource({ type, name }, place, "detail.resourceId"))],
    ),
  ];
};
