import { createRunPolicy } from "../../../handlers/run-policy/run-policy";
import { createPolicyAccount } from "../../../testing/run-policy-account";
import { createLaunchingSubject, launchLimits } from "./launching-function";
import type { Subject } from "./subject";

const mappings = [
  {
    id: "all",
    match: { source: ["*"] },
    policy: { key: "policies/one.yml" },
    cooldown_seconds: 0,
  },
];
const onFailure = { action: "retry", maxAttempts: 2, backoffSeconds: 0 };

/** run-policy on local AWS, given one input after the other. */
export const createRunPolicySubject = async (): Promise<Subject> => {
  const account = await createPolicyAccount({
    mappings: { version: "2.0", mappings },
    policies: ["policies/one.yml"],
    environment: { ECS_LAUNCH_SETTINGS: JSON.stringify({ onFailure }) },
    throttled: false,
  });
  return createLaunchingSubject({
    name: "run-policy",
    account,
    createHandler: (requestHandler, write) => createRunPolicy(account.partsOver(requestHandler, write)),
    createGood: (id) => ({
      id,
      source: "aws.s3",
      "detail-type": "AWS API Call via CloudTrail",
      account: "123456789012",
      region: "eu-west-1",
      detail: { eventName: "CreateBucket", requestParameters: { bucketName: `bucket-of-${id}` } },
    }),
    // The mapping file and the policy are read too.
    limits: { ...launchLimits, calls: 14 },
  });
};
