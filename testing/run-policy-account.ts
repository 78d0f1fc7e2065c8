import { type RunPolicyEnvironment, runPolicyEnvironment } from "../handlers/run-policy/environment";
import type { RunPolicyParts } from "../handlers/run-policy/run-policy";
import type { WriteLine } from "../handlers/shared/log";
import { parseEnvironment } from "../handlers/shared/schema";
import type { VirtualClock } from "../local/clock";
import type { InProcessOptions } from "../local/create-local-aws";
import { createLaunchAccount, payloadBucket } from "./launch-account";

const policyBucket = "policies-of-custodian";
const mappingKey = "config/policy-mappings.json";

type AccountOptions = InProcessOptions<VirtualClock> & {
  /** The mapping file. */
  mappings: object;
  /** Keys of the policies that exist. */
  policies: readonly string[];
  environment?: Partial<RunPolicyEnvironment>;
};

/** Creates local AWS with the resources of run-policy, and clients that are fast enough for thousands of inputs. */
export const createPolicyAccount = async ({
  mappings,
  policies,
  environment = {},
  ...options
}: AccountOptions) => {
  const families = { "custodian-worker": "custodian-worker" };
  const account = await createLaunchAccount({ cluster: "custodian", families, ...options });
  const { local, deadLetterQueue, innerQueue } = account;
  const objects = account.versionedBucketOver(local.requestHandler(), policyBucket);
  await objects.replace(mappingKey, JSON.stringify(mappings), undefined);
  for (const key of policies) await objects.replace(key, `policies: [] # ${key}`, undefined);
  const settings = parseEnvironment(runPolicyEnvironment, {
    POLICY_BUCKET: policyBucket,
    POLICY_MAPPING_KEY: mappingKey,
    ECS_CLUSTER: "custodian",
    ECS_TASK_DEFINITION: "custodian-worker",
    ECS_SUBNETS: "subnet-a,subnet-b",
    ECS_SECURITY_GROUP: "sg-1",
    DEAD_LETTER_QUEUE_URL: deadLetterQueue,
    RETRY_QUEUE_URL: innerQueue,
    PAYLOAD_BUCKET: payloadBucket,
    ...environment,
  });
  return {
    ...account,
    /** The parts of a function. */
    partsOver: (requestHandler: object, write: WriteLine): RunPolicyParts => ({
      ...account.partsOver(requestHandler),
      policies: account.versionedBucketOver(requestHandler, policyBucket),
      cooldownBucket: account.versionedBucketOver(requestHandler, payloadBucket),
      environment: settings,
      write,
    }),
  };
};
