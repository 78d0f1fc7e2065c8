import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { complaints } from "./schema";

const prefix = "route:";

/** `group` of the tasks of a service, which says to whoever sees a task whose it is. */
export const groupOf = (service: string): string => `${prefix}${service}`;

/** The service that a task's `group` names; undefined for a task that no route launched. */
export const serviceOfGroup = (group: string | undefined): string | undefined =>
  group?.startsWith(prefix) ? group.slice(prefix.length) : undefined;

/**
 * Environment entry `ROUTES`: base64 of gzipped JSON, for each service its route.
 * Compressed, because fifty routes have to fit the 4 KB that a Lambda environment holds.
 */
export const packedRoutes = <Schema extends v.GenericSchema>(route: Schema) =>
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
      addIssue({ message: `expected routes (${complaints(result.issues, "routes")})` });
      return NEVER;
    }),
  );
