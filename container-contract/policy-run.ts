import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty("expected a value"));
const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "expected an account id of 12 digits"));
const regionName = v.pipe(v.string(), v.regex(/^[a-z]{2,}(-[a-z0-9]+)*$/, "expected the name of a region"));

const resource = v.object({
  /** As CloudFormation names it, such as `AWS::S3::Bucket`. */
  type: text,
  /** As AWS APIs name it: a bucket's name, `i-…`, `sg-…`, a user's name. */
  id: text,
  /** What `id` is, where it is not the usual id of the type but a unique id that AWS has given. */
  idAttribute: v.optional(
    v.picklist(["UserId", "RoleId", "GroupId", "PolicyId", "DbiResourceId", "DbClusterResourceId"]),
  ),
  arn: v.optional(text),
  account: accountId,
  region: regionName,
});

/**
 * The payload of a policy run: `FINDING_PAYLOAD`, or the object that `FINDING_PAYLOAD_REF` names. Written by the function
 * run-policy, read by the job run-policy.
 */
export const policyRun = v.pipe(
  v.object({
    finding: v.looseObject({
      id: text,
      source: text,
      account: accountId,
      region: regionName,
      /** Absent only with the scope `account`. */
      resource: v.optional(resource),
    }),
    policy_key: text,
    /** What the policy's object was when it was selected. The job refuses another one. */
    policy: v.object({
      version_id: v.optional(text),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex")),
    }),
    /** Id of the mapping that selected the policy. */
    mapping: text,
    scope: v.picklist(["resource", "account"]),
    dry_run: v.boolean(),
    /** The event, as it was received. */
    event: v.unknown(),
  }),
  v.forward(
    v.check(
      ({ scope, finding }) => scope === "account" || finding.resource !== undefined,
      'expected a resource, because the scope is "resource"',
    ),
    ["finding"],
  ),
);
export type PolicyRun = v.InferOutput<typeof policyRun>;
export type FindingResource = v.InferOutput<typeof resource>;

/** What a launch of run-policy adds to the environment of the main container, besides `LAUNCH_ATTEMPT`. */
export const policyRunEnvironment = {
  /** The payload as JSON, when it fits into the overrides of RunTask. */
  FINDING_PAYLOAD: v.optional(v.string()),
  /** `s3://bucket/key` of a longer payload. */
  FINDING_PAYLOAD_REF: v.optional(v.string()),
  /** SHA-256 of that object, in hex. */
  FINDING_PAYLOAD_SHA256: v.optional(v.string()),
  /** Bucket of the policies. */
  POLICY_BUCKET: text,
  /** Key of the policy, equal to `policy_key` of the payload. */
  POLICY_KEY: text,
};
export type PolicyRunVariable = keyof typeof policyRunEnvironment;
