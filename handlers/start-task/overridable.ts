/** What an event may override if its route lists it in `allowOverrides`. */
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
