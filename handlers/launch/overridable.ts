/** The overrides that a launch route can list in `allowOverrides`. */
export const overridable = [
  "taskDefinition",
  "subnets",
  "securityGroups",
  "port",
  "command",
  "environment",
  "cpu",
  "memory",
] as const;
export type Overridable = (typeof overridable)[number];
