import type { Resource } from "../shared/findings/finding";
import { hashSha256 } from "../shared/payload";

/**
 * Tells the launches of one event apart. It has the mapping too: a mapping for a dry run must not take the place of one
 * that runs the same policy for real.
 */
export const createSubKey = (
  findingId: string,
  mapping: string,
  policyKey: string,
  resource: Pick<Resource, "type" | "id"> | undefined,
): string => hashSha256(JSON.stringify([findingId, mapping, policyKey, resource?.type, resource?.id]));
