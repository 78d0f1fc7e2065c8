import { gunzipSync } from "node:zlib";
import * as v from "valibot";
import { familyOf, sameCluster } from "./names";
import { complaints } from "./schema";

// No colon: ECS takes what stands before one for a namespace, and refuses those that it does not know.
const prefix = "route-";
// What releases before 0.2 called it; their tasks may still run.
const formerPrefix = "route:";

/** `group` of the tasks of a service, which says to whoever sees a task whose it is. */
export const groupOf = (service: string): string => `${prefix}${service}`;

/** Whether a task's `group` is the one of a service. */
export const isGroupOf = (service: string, group: string | undefined): boolean =>
  group === groupOf(service) || group === `${formerPrefix}${service}`;

/** A task, as an event of ECS names it. */
export type NamedTask = { clusterArn: string; taskDefinitionArn: string; group?: string | undefined };

/**
 * The service that a task belongs to; undefined for a task that no route launched. Its group alone does not tell: anyone
 * may launch a task and call its group what they like.
 */
export const serviceOfTask = (
  routes: Readonly<Record<string, { cluster: string; family: string }>>,
  { clusterArn, taskDefinitionArn, group = "" }: NamedTask,
): string | undefined => {
  if (!group.startsWith(prefix) && !group.startsWith(formerPrefix)) return undefined;
  const service = group.slice(prefix.length);
  if (!Object.hasOwn(routes, service)) return undefined;
  const { cluster, family } = routes[service]!;
  return family === familyOf(taskDefinitionArn) && sameCluster(cluster, clusterArn) ? service : undefined;
};

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
