/** Severities from low to high. */
export const severities = ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;
export type Severity = (typeof severities)[number];

export type Resource = {
  /** The type in CloudFormation's spelling, such as AWS::S3::Bucket. A type that is not known is kept as it came. */
  type: string;
  /** As the APIs of AWS name it: a bucket's name, i-…, sg-…, a user's name. */
  id: string;
  /**
   * What `id` is, when it is not the usual id of the type: AWS Config names users, roles and databases by their unique
   * ids. A user can be given a name that is another user's unique id, so the two must not be confused.
   */
  idAttribute?: "UserId" | "RoleId" | "GroupId" | "PolicyId" | "DbiResourceId" | "DbClusterResourceId";
  arn?: string;
  /** Of the resource. The event may come from an administrator account or an aggregation region. */
  account: string;
  region: string;
};

/** A security finding, or an API call, of any source. */
export type Finding = {
  /** Source of the event, such as aws.securityhub; of an API call that of the service, such as aws.s3. */
  source: string;
  detailType: string;
  /** The same for all updates of a finding. Of an API call the event's id. */
  id: string;
  type?: string;
  /** Security Hub: more types of the same finding. */
  otherTypes?: readonly string[];
  /** Security Hub: the control, such as S3.8. */
  controlId?: string;
  /** CloudTrail: the API call. */
  eventName?: string;
  title?: string;
  /** Absent for sources that have none: AWS Config, IAM Access Analyzer, CloudTrail. */
  severity?: Severity;
  /** Of the finding. */
  account: string;
  region: string;
  /** When the event was sent, in ISO 8601. */
  time?: string;
  /** When the finding was last updated, in ISO 8601. */
  updatedAt?: string;
  resources: readonly Resource[];
};

/** Why nothing is done about a finding. Few and fixed: they are values of a metric's dimension. */
export type IgnoredReason =
  | "archived"
  | "resolved"
  | "passed"
  | "deleted"
  /** IAM Access Analyzer could not read the resource. */
  | "not_analyzed"
  | "failed_call"
  /** A call of a policy run. */
  | "own_call";

/** A finding that nothing is done about. */
export type Ignored = {
  id: string;
  reason: IgnoredReason;
  /** What the finding says, for the log. */
  found: string;
};
