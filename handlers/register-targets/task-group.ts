// To be replaced by shared/routes.ts, whose groupOf is to give `route-<service>` and which is to know both prefixes.
import { familyOf, sameCluster } from "../shared/names";
import type { NamedTask } from "../shared/routes";

const prefixes = ["route-", "route:"];

/** Whether `group` is that of the service's tasks; tasks launched before an upgrade have the group that it had then. */
export const isOfService = (service: string, group: string | undefined): boolean =>
  prefixes.some((prefix) => group === `${prefix}${service}`);

/**
 * The service that a task belongs to; undefined for a task that no route launched. Its group alone does not tell: anyone
 * may launch a task and call its group what they like.
 */
export const serviceOfTask = (
  routes: Readonly<Record<string, { cluster: string; family: string }>>,
  { clusterArn, taskDefinitionArn, group = "" }: NamedTask,
): string | undefined => {
  const prefix = prefixes.find((each) => group.startsWith(each));
  const service = group.slice(prefix?.length);
  if (prefix === undefined || !Object.hasOwn(routes, service)) return undefined;
  const { cluster, family } = routes[service]!;
  return family === familyOf(taskDefinitionArn) && sameCluster(cluster, clusterArn) ? service : undefined;
};
