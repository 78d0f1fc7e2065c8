import type { RestApiRoute } from "./route";

export interface RestApiProps {
  /**
   * Name of the API: 1 to 48 letters, digits, hyphens and underscores (IAM allows 64 for a role, and
   * `-api-gateway-log` is added).
   */
  readonly name: string;
  /**
   * What the API is for.
   * @default - none
   */
  readonly description?: string;
  /**
   * Which function answers which requests, by method and path, for instance `"POST /scan"` or
   * `"GET /jobs/{job_id}"`. A path has at most five parts; a part is a name, `{variable}` or, as the last,
   * `{variable+}`, which stands for all that follows.
   */
  readonly routes: Readonly<Record<string, RestApiRoute>>;
  /**
   * Name of the stage, which begins the path of the API's own endpoint: 1 to 128 letters, digits, hyphens and
   * underscores.
   * @default "v1"
   */
  readonly stageName?: string;
  /**
   * Requests per second that each method takes in the long run; more get status 429. At least 1.
   * @default 50
   */
  readonly throttlingRateLimit?: number;
  /**
   * Requests that each method takes at once. At least 1.
   * @default 100
   */
  readonly throttlingBurstLimit?: number;
  /**
   * Whether the API is reached by `domainName`, with TLS 1.2 or newer, and no longer by its own endpoint, whose oldest
   * TLS is AWS's to choose.
   * @default false
   */
  readonly createDomain?: boolean;
  /**
   * Domain of the API, with `createDomain`. Its DNS record, an alias to `domainTargetName`, is yours to make.
   * @default - none
   */
  readonly domainName?: string;
  /**
   * ARN of the ACM certificate for `domainName`, in the API's region.
   * @default - none
   */
  readonly certificateArn?: string;
  /**
   * Whether to give API Gateway a role to write logs. It is one for all APIs of an account in a region, and without one
   * API Gateway refuses this API's stage: true for one API in an account and region that has none yet. With version 6 of
   * the AWS provider a destroy takes the role from all APIs of the account and region, whose logs then end; version 5
   * leaves it.
   * @default false
   */
  readonly createAccountLogRole?: boolean;
  /**
   * How long the logs are kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the logs; its key policy must let CloudWatch Logs use it.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}
