import type { Resource } from "../shared/findings/finding";
import { hashSha256 } from "../shared/payload";

/** What tells a resource from others of its place. A user can have a name that is another user's unique id. */
export type ResourceIdentity = Pick<Resource, "type" | "id"> & { idAttribute?: string | undefined };

/** Hashes texts, so that no text can be taken for two. */
const hash = (texts: readonly (string | undefined)[]): string => hashSha256(JSON.stringify(texts));

const identify = (resource: ResourceIdentity | undefined) => [
  resource?.type,
  resource?.id,
  resource?.idAttribute,
];

/**
 * Tells the launches of one event apart. It has the mapping too: a mapping for a dry run must not take the place of one
 * that runs the same policy for real.
 */
export const createSubKey = (
  findingId: string,
  mapping: string,
  policyKey: string,
  resource: ResourceIdentity | undefined,
): string => hash([findingId, mapping, policyKey, ...identify(resource)]);

/** Names what has a cooldown: a mapping with a resource, or with an account. */
export const createCooldownId = (
  mapping: string,
  place: Pick<Resource, "account" | "region">,
  resource: ResourceIdentity | undefined,
): string => hash([mapping, place.account, place.region, ...identify(resource)]);
