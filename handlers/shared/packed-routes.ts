import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { describeIssues } from "./schema";

/**
 * Schema of the environment variable `ROUTES`: base64 of gzipped JSON, the launch route of each service by its name.
 * Gzipped, so that fifty launch routes fit into the 4 KB of a Lambda environment.
 */
export const packedRoutesSchema = <Schema extends v.GenericSchema>(route: Schema) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }): Readonly<Record<string, v.InferOutput<Schema>>> => {
      let json: unknown;
      try {
        json = JSON.parse(gunzipSync(Buffer.from(dataset.value, "base64")).toString("utf8"));
      } catch (error) {
        addIssue({
          message: `expected base64 of gzipped JSON (${error instanceof Error ? error.message : error})`,
        });
        return NEVER;
      }
      const result = v.safeParse(v.record(v.string(), route), json);
      if (result.success) return result.output;
      addIssue({ message: `expected routes (${describeIssues(result.issues, "routes")})` });
      return NEVER;
    }),
  );
