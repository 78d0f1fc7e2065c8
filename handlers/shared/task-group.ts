import { isSameCluster, parseFamily } from "./names";

// Without a colon: ECS takes the text before a colon for a namespace, and refuses unknown ones.
const groupPrefix = "route-";
// Releases before 0.2 used this prefix; their tasks may still run.
const formerGroupPrefix = "route:";

/** The `group` of the tasks of a service. It tells which service a task belongs to. */
export const toTaskGroup = (service: string): string => `${groupPrefix}${service}`;

export const isTaskGroupOf = (service: string, group: string | undefined): boolean =>
  group === toTaskGroup(service) || group === `${formerGroupPrefix}${service}`;

/** The fields of an ECS event that tell which service a task belongs to. */
export type TaskIdentity = { clusterArn: string; taskDefinitionArn: string; group?: string | undefined };

/**
 * The service that a task belongs to; undefined for a task that no launch route launched. Cluster and family are compared
 * too, because anyone who may call RunTask can choose the group.
 */
export const findServiceOfTask = (
  routes: Readonly<Record<string, { cluster: string; family: string }>>,
  { clusterArn, taskDefinitionArn, group = "" }: TaskIdentity,
): string | undefined => {
  if (!group.startsWith(groupPrefix) && !group.startsWith(formerGroupPrefix)) return undefined;
  const service = group.slice(groupPrefix.length);
  if (!Object.hasOwn(routes, service)) return undefined;
  const { cluster, family } = routes[service]!;
  return family === parseFamily(taskDefinitionArn) && isSameCluster(cluster, clusterArn)
    ? service
    : undefined;
};
