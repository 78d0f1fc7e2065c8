import type { FindingResource } from "../../../container-contract/policy-run";
import { quote } from "../../../handlers/shared/text";
import type { Policy } from "./policy-file";
import { type ResourceType, resourceTypes } from "./resource-types";

/** The field of Cloud Custodian's description, and its value, that only the finding's resource has. */
const recognise = (known: ResourceType, { id, idAttribute, arn }: FindingResource, where: string) => {
  // A name can be chosen to be another resource's unique id, so the two are never compared.
  if (idAttribute !== undefined) {
    if (idAttribute === known.uniqueId) return { key: idAttribute, value: id };
    throw new Error(
      `${where}: resources of the type ${known.type} are not recognised by their ${idAttribute}`,
    );
  }
  const value = known.equals === "id" ? id : arn;
  if (value !== undefined) return { key: known.key, value };
  throw new Error(
    `${where}: a resource of the type ${known.type} is recognised by its ARN, which the finding does not have`,
  );
};

/**
 * The filter that only the finding's resource passes.
 *
 * `op: in` with a list of one, because Cloud Custodian gives the texts "present", "absent", "not-null" and "empty" as a
 * `value` a meaning of their own: with `op: eq`, the user with the name "present" would be every user.
 */
const onlyResource = (policy: Policy, resource: FindingResource) => {
  const where = `policy "${policy.name}"`;
  const name = policy.resource.replace(/^aws\./, "");
  const known = Object.hasOwn(resourceTypes, name) ? resourceTypes[name]! : undefined;
  if (known === undefined)
    throw new Error(
      `${where}: resources of the type ${quote(policy.resource)} cannot be confined to one: expected one of ${Object.keys(resourceTypes).join(", ")}, or a mapping with the scope "account"`,
    );
  if (known.type !== resource.type)
    throw new Error(
      `${where}: it is for ${known.type} (${name}), the finding's resource is ${quote(resource.type)}: the mapping selects the wrong policy`,
    );
  const { key, value } = recognise(known, resource, where);
  // Cloud Custodian replaces {account_id} and the like in all texts of a policy.
  if (/[{}]/.test(value))
    throw new Error(`${where}: expected an id without braces, found ${quote(value)}: no AWS resource has it`);
  return { type: "value", key, op: "in", value: [value] };
};

/**
 * Makes policies apply to nothing but the finding's resource. The filters of a policy are all to be passed, one after the
 * other. So ours is the first, for nothing else to be looked at, and the last, for no filter to add a resource. They stay a
 * flat list, because some of Cloud Custodian's filters look for others in it.
 * @throws Error when a policy cannot be confined, or is for another type of resource
 */
export const confinePolicies = (policies: readonly Policy[], resource: FindingResource): readonly Policy[] =>
  policies.map((policy) => {
    const only = onlyResource(policy, resource);
    return { ...policy, filters: [only, ...(policy.filters ?? []), only] };
  });

/** Makes Cloud Custodian run the policies itself: with a `mode` it would deploy a Lambda function that runs them later. */
export const withoutMode = (policies: readonly Policy[]): readonly Policy[] =>
  policies.map(({ mode: _, ...policy }) => policy as Policy);
