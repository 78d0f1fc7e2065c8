import * as v from "valibot";
import { fromJson } from "../../handlers/shared/json";
import { describeIssues } from "../../handlers/shared/schema";
import type { Bottle } from "../bottle";
import { HttpError } from "../http";
import { indexEntryOf } from "../names";

const index = v.looseObject({
  manifests: v.array(
    v.looseObject({
      annotations: v.optional(
        v.looseObject({
          "org.opencontainers.image.ref.name": v.optional(v.string()),
          "sh.brew.bottle.digest": v.optional(v.string()),
          // One without a size is no reason to refuse the others.
          "sh.brew.bottle.size": v.fallback(
            v.optional(v.pipe(v.string(), v.digits(), v.transform(Number), v.safeInteger())),
            undefined,
          ),
        }),
        {},
      ),
    }),
  ),
});

/** The index of a formula in the registry, which lists its bottles. */
export type FormulaIndex = {
  /** As the registry gave it. It is mirrored as it is. */
  bytes: Buffer;
  /** Size of a bottle in bytes. Undefined: the index does not have it. */
  sizeOf(bottle: Bottle): number | undefined;
  /** Whether it lists a bottle with this name and digest, which clients look for. */
  has(bottle: Bottle): boolean;
};

/** @throws HttpError when it is no index */
export const parseIndex = (bytes: Buffer, url: string): FormulaIndex => {
  const result = v.safeParse(index, fromJson(bytes.toString("utf8")));
  if (!result.success)
    throw new HttpError(
      "malformed",
      `${url}: expected an OCI image index: ${describeIssues(result.issues, "index")}`,
    );
  const sizes = new Map<string, number | undefined>();
  for (const { annotations } of result.output.manifests) {
    const { "org.opencontainers.image.ref.name": name, "sh.brew.bottle.digest": digest } = annotations;
    sizes.set(`${name} ${digest}`, annotations["sh.brew.bottle.size"]);
  }
  const entryOf = (bottle: Bottle): string => `${indexEntryOf(bottle)} ${bottle.sha256}`;
  return {
    bytes,
    sizeOf: (bottle) => sizes.get(entryOf(bottle)),
    has: (bottle) => sizes.has(entryOf(bottle)),
  };
};
