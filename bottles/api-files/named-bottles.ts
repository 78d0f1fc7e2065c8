import * as v from "valibot";
import { PermanentError } from "../../handlers/shared/failures";
import { fromJson } from "../../handlers/shared/json";
import { describeIssues } from "../../handlers/shared/schema";
import type { Bottle } from "../bottle";
import { blobKeyOf } from "../names";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

// Homebrew leaves out what is empty or zero, and writes a Ruby symbol with a colon.
const packages = v.object({
  metadata: v.optional(v.object({ bottle_tag: v.optional(v.string()) }), {}),
  formulae: v.record(
    v.string(),
    v.object({
      stable_version: v.optional(v.string()),
      revision: v.optional(count, 0),
      bottle_rebuild: v.optional(count, 0),
      bottle_tag: v.optional(v.string()),
      bottle_checksum: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i))),
    }),
  ),
});

export const defaultRegistry = "https://ghcr.io";

/**
 * The bottles that clients of a platform install, as `internal/packages.<platform>.jws.json` names them.
 * @param payload of the file
 * @param registry origin of the registry, for their URLs
 * @throws PermanentError("MalformedApiFile") when it has another form or is for another platform
 */
export const bottlesOfPackages = (
  payload: string,
  platform: string,
  registry: string = defaultRegistry,
): Bottle[] => {
  const result = v.safeParse(packages, fromJson(payload));
  if (!result.success) throw new PermanentError("MalformedApiFile", describeIssues(result.issues, "payload"));
  const { metadata, formulae } = result.output;
  if (metadata.bottle_tag !== undefined && metadata.bottle_tag !== platform)
    throw new PermanentError(
      "MalformedApiFile",
      `metadata.bottle_tag: expected "${platform}", found "${metadata.bottle_tag}"`,
    );
  const bottles: Bottle[] = [];
  for (const [formula, entry] of Object.entries(formulae)) {
    const { stable_version: stable, revision, bottle_rebuild: rebuild, bottle_checksum } = entry;
    if (stable === undefined || bottle_checksum === undefined) continue;
    const sha256 = bottle_checksum.toLowerCase();
    bottles.push({
      formula,
      version: revision === 0 ? stable : `${stable}_${revision}`,
      rebuild,
      tag: entry.bottle_tag?.replace(/^:/, "") ?? platform,
      url: `${registry}/${blobKeyOf({ formula, sha256 })}`,
      sha256,
    });
  }
  return bottles;
};
