import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { PermanentError } from "../../handlers/shared/failures";
import { fromJson } from "../../handlers/shared/json";
import { describeIssues } from "../../handlers/shared/schema";
import type { SizedBottle } from "../bottle";
import type { Store } from "../store/store";
import type { Plan, PlanReference } from "./plan";
import { hashBytes } from "./write-plan";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const plannedBottle = v.object({
  formula: v.pipe(v.string(), v.nonEmpty()),
  version: v.pipe(v.string(), v.nonEmpty()),
  rebuild: count,
  tag: v.pipe(v.string(), v.nonEmpty()),
  url: v.pipe(v.string(), v.url()),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")),
  size: v.optional(count),
});

const unpack = (bytes: Buffer, name: string): string => {
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch {
    throw new PermanentError("DamagedPlan", `${name}: expected gzip, found other bytes`);
  }
};

const parseLine = (line: string, where: string): SizedBottle => {
  const result = v.safeParse(plannedBottle, fromJson(line));
  if (!result.success)
    throw new PermanentError("DamagedPlan", `${where}: ${describeIssues(result.issues, "line")}`);
  return { ...result.output, size: result.output.size };
};

/**
 * Reads the plan that an event names.
 * @throws PermanentError when it is not there, is not the one that the event means, or cannot be parsed; Error when S3 did
 * not return it
 */
export const readPlan = async (store: Store, { key, sha256 }: PlanReference): Promise<Plan> => {
  const name = `s3://${store.name}/${key}`;
  const object = await store.read(key);
  if (object === undefined)
    throw new PermanentError("MissingPlan", `${name}: expected a plan, found no object`);
  const found = hashBytes(object.bytes);
  if (found !== sha256)
    throw new PermanentError("DamagedPlan", `${name}: expected the SHA-256 ${sha256}, found ${found}`);
  const lines = unpack(object.bytes, name).split("\n");
  return {
    bottles: lines.flatMap((line, index) => (line === "" ? [] : [parseLine(line, `${name}:${index + 1}`)])),
  };
};
