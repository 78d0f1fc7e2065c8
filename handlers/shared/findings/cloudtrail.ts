import * as v from "valibot";
import { plainObject } from "../schema";
import { fieldsOfCall } from "./cloudtrail-calls";
import { accountId, ignore, list, optional, optionalList, parseAt, regionName, text, time } from "./fields";
import type { Finding, Resource } from "./finding";
import { createFinding, type Reader } from "./finding-event";
import { findOwnCaller, userIdentity } from "./own-role";
import { createResource } from "./resource";

export const cloudTrailDetailType = "AWS API Call via CloudTrail";

const detail = v.object({
  eventName: text,
  // Without it the event's own source says which service was called.
  eventSource: optional(text),
  eventTime: optional(time),
  errorCode: optional(text),
  recipientAccountId: optional(accountId),
  awsRegion: optional(regionName),
  userIdentity: optional(userIdentity),
  requestParameters: optional(plainObject),
  responseElements: optional(plainObject),
  resources: optionalList(
    v.object({
      // Data events of S3 have prefixes of ARNs here.
      ARN: optional(text),
      accountId: optional(accountId),
      type: optional(text),
    }),
  ),
});
type Detail = v.InferOutput<typeof detail>;

/** The values at a path. An array stands for its items. */
const valuesAt = (value: unknown, path: readonly string[]): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return value == null ? [] : [value];
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return isObject ? valuesAt((value as Record<string, unknown>)[name], rest) : [];
};

const names = list(text);

const namedResources = (call: Detail, eventSource: string): { type: string; name: string; where: string }[] =>
  fieldsOfCall(eventSource, call.eventName).flatMap(({ type, path }) => {
    const where = `detail.${path}`;
    return parseAt(where, names, valuesAt(call, path.split("."))).map((name) => ({
      type,
      // RDS keeps identifiers in lower case, however a call writes them.
      name: type.startsWith("AWS::RDS::") ? name.toLowerCase() : name,
      where,
    }));
  });

const listedResources = (call: Detail): { type: string; name: string; account?: string; where: string }[] =>
  call.resources.flatMap(({ ARN: name, accountId, type }, index) =>
    name == null || type == null
      ? []
      : [
          {
            type,
            name,
            ...(accountId != null && { account: accountId }),
            where: `detail.resources[${index}].ARN`,
          },
        ],
  );

/** The resources of a call: those in its parameters, otherwise those that the record lists. */
const resourcesOf = (
  call: Detail,
  eventSource: string,
  place: Pick<Finding, "account" | "region">,
): readonly Resource[] => {
  const listed = listedResources(call).map((each) => createResource(each, place, each.where));
  const named = namedResources(call, eventSource).map((each) => {
    const resource = createResource(each, place, each.where);
    // A call from another account is recorded in both, and only the list says who owns the resource.
    return listed.find(({ type, id }) => type === resource.type && id === resource.id) ?? resource;
  });
  return named.length > 0 ? named : listed;
};

/** API calls, as CloudTrail records them. */
export const readCloudTrail: Reader = (event, { ownRoles }) => {
  const call = parseAt("detail", detail, event.detail);
  const { id } = event;
  if (call.errorCode != null) return [ignore(id, "failed_call", "errorCode", call.errorCode)];
  const caller = findOwnCaller(call.userIdentity, ownRoles);
  if (caller !== undefined) return [ignore(id, "own_call", "userIdentity", caller)];
  const eventSource = call.eventSource ?? event.source.replace(/^aws\.(.+)$/, "$1.amazonaws.com");
  return [
    createFinding(
      event,
      {
        id,
        type: call.eventName,
        eventName: call.eventName,
        account: call.recipientAccountId,
        region: call.awsRegion,
        updatedAt: call.eventTime,
      },
      (place) => resourcesOf(call, eventSource, place),
    ),
  ];
};
