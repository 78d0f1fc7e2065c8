import type { RolePolicy } from "./role-policies";

/** Policies that are the same for every program, and their actions that no program of the systems calls. */
const UNUSED: readonly { policy: RegExp; actions: Readonly<Record<string, string>> }[] = [
  {
    policy: /^grant-/,
    actions: {
      "s3:AbortMultipartUpload": "for programs that put an object in parts",
      "sqs:GetQueueAttributes": "for programs that look up the length of the queue",
      "sqs:GetQueueUrl": "for programs that know the name of the queue only",
    },
  },
  {
    policy: /-task-protection$/,
    actions: { "ecs:GetTaskProtection": "for programs that look up whether their task is protected" },
  },
];

/** Why a grant has an action that no scenario uses; undefined if the policy is of no grant, or a scenario uses it. */
export function unusedInGrant({ name }: RolePolicy, action: string): string | undefined {
  return UNUSED.find(({ policy }) => policy.test(name))?.actions[action];
}
