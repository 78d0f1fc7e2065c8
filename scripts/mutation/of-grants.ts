import type { RolePolicy } from "./role-policies";

/** Actions that are part of a grant, which is the same for every program, and that no program of the systems calls. */
const UNUSED: Readonly<Record<string, string>> = {
  "s3:AbortMultipartUpload": "for programs that put an object in parts",
  "sqs:GetQueueAttributes": "for programs that look up the length of the queue",
  "sqs:GetQueueUrl": "for programs that know the name of the queue only",
};

/** Why a grant has an action that no scenario uses; undefined if the policy is of no grant, or a scenario uses it. */
export function unusedInGrant({ name }: RolePolicy, action: string): string | undefined {
  return name.startsWith("grant-") ? UNUSED[action] : undefined;
}
