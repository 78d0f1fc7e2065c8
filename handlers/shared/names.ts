/** The name at the end of an ARN. A name is returned as it is. */
export const afterLastSlash = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);

/** The family in arn:…:task-definition/auth:3, auth:3 and auth is auth. */
export const parseFamily = (taskDefinition: string): string =>
  afterLastSlash(taskDefinition).split(":")[0] ?? "";

/** Compares ARNs, or names when one side is only a name. */
export const isSameCluster = (one: string, other: string): boolean =>
  one.startsWith("arn:") && other.startsWith("arn:")
    ? one === other
    : afterLastSlash(one) === afterLastSlash(other);
