import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { RestApiRoute } from "./route";

/** Settings of a {@link RestApi}. */
export interface RestApiProps {
  /**
   * Name of the API: 1 to 48 letters, digits, hyphens and underscores. IAM allows 64 for a role (IAM API reference:
   * CreateRole), and one is named `<name>-api-gateway-log`.
   */
  readonly name: string;
  /**
   * Description of the API.
   * @default - none
   */
  readonly description?: string;
  /**
   * Lambda function of each route, by method and path, for instance `"POST /scan"` or `"GET /jobs/{job_id}"`. A path has
   * at most five parts. A part is a name, `{variable}` or, at the end, `{variable+}`, which matches the rest of the path.
   */
  readonly routes: Readonly<Record<string, RestApiRoute>>;
  /**
   * Name of the stage, with which the path of the default endpoint starts: 1 to 128 letters, digits, hyphens and
   * underscores (API Gateway REST API reference: CreateStage).
   * @default "v1"
   */
  readonly stageName?: string;
  /**
   * Steady-state rate limit of each method, in requests per second, at least 1. API Gateway answers requests above it
   * with the status 429.
   * @default 50
   */
  readonly throttlingRateLimit?: number;
  /**
   * Burst limit of each method, in requests, at least 1.
   * @default 100
   */
  readonly throttlingBurstLimit?: number;
  /**
   * Whether to create the custom domain `domainName`, with TLS 1.2 as the minimum, and to disable the default endpoint,
   * whose minimum TLS version AWS chooses.
   * @default false
   */
  readonly createDomain?: boolean;
  /**
   * Custom domain name of the API, when `createDomain` is true. Its DNS record is not created here: make an alias record
   * for `domainTargetName`.
   * @default - none
   */
  readonly domainName?: string;
  /**
   * ARN of the ACM certificate of `domainName`, in the region of the API, when `createDomain` is true.
   * @default - none
   */
  readonly certificateArn?: string;
  /**
   * Whether to create the role with which API Gateway writes logs. An account has one such role in a region, for all its
   * APIs, and API Gateway refuses a stage with logs without it. Set it to true for exactly one API if the account has no
   * such role in the region yet.
   * Version 6 of the AWS provider removes the role from all APIs of the account and region on destroy, and their logging
   * stops; version 5 keeps it.
   * @default false
   */
  readonly createAccountLogRole?: boolean;
  /**
   * Retention of the logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference:
   * PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the logs. The key policy must allow CloudWatch Logs to use the key.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /**
   * What your organisation requires of every IAM role of this construct: a permissions boundary, a path and a prefix
   * of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_cloudwatch_log_group.access`: each replaces
   * the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}
