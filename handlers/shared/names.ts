/** What stands behind the last slash of an ARN; a name is its own last part. */
export const lastPart = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);

/** arn:…:task-definition/auth:3, auth:3 and auth all name the family auth. */
export const familyOf = (taskDefinition: string): string => lastPart(taskDefinition).split(":")[0] ?? "";

/** Names are compared where one side is only a name. */
export const sameCluster = (one: string, other: string): boolean =>
  one.startsWith("arn:") && other.startsWith("arn:") ? one === other : lastPart(one) === lastPart(other);
