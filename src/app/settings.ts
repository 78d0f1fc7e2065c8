import { resolve } from "node:path";
import * as v from "valibot";
import { accesses } from "../core/grants";
import type { DetailPattern } from "../event-rule/pattern";
import { presets, severities } from "../event-rule/presets";
import { failureActions } from "../launcher/on-failure";
import { networkModes, overridable } from "../launcher/route";
import { fileSystemTypes, volumeTypes } from "../task/ebs-volume";
import { dependencyConditions } from "../task/sidecar";
import { type Literal, plain } from "./literal";
import { locatedProblem } from "./located-problem";
import { SettingsError } from "./problem";
import {
  describeIssue,
  flag,
  jsonObject,
  list,
  map,
  number,
  object,
  oneOf,
  optional,
  pathOf,
  text,
} from "./schema";
import { type Environment, readVariables, type Variable } from "./variables";

const network = object({
  cidr_block: optional(text),
  availability_zones: optional(list(text)),
  public_subnet_cidrs: optional(map(text)),
  private_subnet_cidrs: optional(map(text)),
  nat: optional(oneOf("none", "single", "per_az")),
  interface_endpoints: optional(list(text)),
});

const containerHealthCheck = object({
  command: list(text),
  interval_seconds: optional(number),
  timeout_seconds: optional(number),
  retries: optional(number),
  start_period_seconds: optional(number),
});

const sidecar = object({
  image: text,
  repository_arn: optional(text),
  essential: optional(flag),
  command: optional(list(text)),
  entry_point: optional(list(text)),
  environment: optional(map(text)),
  secrets: optional(map(text)),
  port: optional(number),
  cpu: optional(number),
  memory: optional(number),
  user: optional(text),
  run_as_image_user: optional(flag),
  readonly_root_filesystem: optional(flag),
  depends_on: optional(map(oneOf(...dependencyConditions))),
  health_check: optional(containerHealthCheck),
  firelens: optional(object({ type: oneOf("fluentbit", "fluentd"), options: optional(map(text)) })),
});

const egressRule = object({
  port: optional(number),
  from_port: optional(number),
  to_port: optional(number),
  protocol: optional(oneOf("tcp", "udp", "icmp", "-1")),
  cidr_ipv4: optional(text),
  cidr_ipv6: optional(text),
  security_group_id: optional(text),
  prefix_list_id: optional(text),
  description: optional(text),
});

const onFailure = object({
  action: optional(oneOf(...failureActions)),
  max_attempts: optional(number),
  backoff_seconds: optional(number),
});

const service = object({
  image: text,
  cpu: optional(number),
  memory: optional(number),
  port: optional(number),
  command: optional(list(text)),
  entry_point: optional(list(text)),
  environment: optional(map(text)),
  plain_environment_names: optional(list(text)),
  secrets: optional(map(text)),
  secrets_kms_key_arns: optional(list(text)),
  policies: optional(map(text)),
  grants: optional(
    map(
      object({
        access: oneOf(...accesses),
        arn: text,
        objects: optional(text),
        kms_key_arn: optional(text),
      }),
    ),
  ),
  container_health_check: optional(containerHealthCheck),
  stop_timeout_seconds: optional(number),
  ulimits: optional(map(object({ soft: number, hard: number }))),
  init_process: optional(flag),
  linux_capabilities_drop: optional(list(text)),
  linux_capabilities_add: optional(list(text)),
  run_as_image_user: optional(flag),
  user: optional(text),
  readonly_root_filesystem: optional(flag),
  enable_execute_command: optional(flag),
  scratch_path: optional(text),
  architecture: optional(oneOf("X86_64", "ARM64")),
  ebs_volume: optional(
    object({
      container_path: text,
      size_gib: optional(number),
      volume_type: optional(oneOf(...volumeTypes)),
      iops: optional(number),
      throughput_mibps: optional(number),
      encrypted: optional(flag),
      kms_key_arn: optional(text),
      snapshot_id: optional(text),
      file_system_type: optional(oneOf(...fileSystemTypes)),
    }),
  ),
  ephemeral_storage_gib: optional(number),
  repository_arn: optional(text),
  repository_credentials_arn: optional(text),
  pull_through_cache: optional(flag),
  egress: optional(map(egressRule)),
  security_group_ids: optional(list(text)),
  allow_overrides: optional(list(oneOf(...overridable))),
  network_mode: optional(oneOf(...networkModes)),
  capacity: optional(text),
  sidecars: optional(map(sidecar)),
  container_depends_on: optional(map(oneOf(...dependencyConditions))),
  log_driver: optional(oneOf("awslogs", "awsfirelens")),
  log_options: optional(map(text)),
  log_secrets: optional(map(text)),
  track_latest_revision: optional(flag),
  existing_execution_role: optional(object({ arn: text })),
  existing_task_role: optional(object({ arn: text })),
  existing_infrastructure_role: optional(object({ arn: text })),
  existing_log_group: optional(object({ name: text })),
  on_failure: optional(onFailure),
  interruption_retries: optional(number),
  path: optional(text),
  health_check: optional(
    object({
      path: optional(text),
      matcher: optional(text),
      interval_seconds: optional(number),
      timeout_seconds: optional(number),
      healthy_threshold: optional(number),
      unhealthy_threshold: optional(number),
    }),
  ),
  stickiness_seconds: optional(number),
  deregistration_delay_seconds: optional(number),
  priority: optional(number),
  mount_path: optional(text),
});

const event = object({
  source: optional(list(text)),
  detail_type: optional(list(text)),
  detail: optional(jsonObject<DetailPattern>()),
  schedule_expression: optional(text),
  preset: optional(
    oneOf(
      "security_hub",
      "security_hub_custom_action",
      "security_hub_v2",
      "guardduty",
      "config",
      "macie",
      "access_analyzer",
      "inspector",
      "cloudtrail",
    ),
  ),
  minimum_severity: optional(oneOf("LOW", "MEDIUM", "HIGH", "CRITICAL")),
  event_names: optional(list(text)),
  service: optional(text),
  event_bus_name: optional(text),
  enabled: optional(flag),
});

const stopEvent = object({
  source: optional(list(text)),
  detail: optional(jsonObject<DetailPattern>()),
  event_bus_name: optional(text),
});

const schedule = object({
  expression: text,
  time_zone: optional(text),
  start: optional(list(text)),
  stop: optional(list(text)),
});

const loadBalancer = object({
  subnet_ids: optional(list(text)),
  internal: optional(flag),
  protocol: optional(oneOf("HTTPS", "HTTP")),
  certificate_arn: optional(text),
  ssl_policy: optional(text),
  ingress: optional(map(text)),
  deletion_protection: optional(flag),
  idle_timeout_seconds: optional(number),
  create_access_log_bucket: optional(flag),
  access_log_retention_days: optional(number),
  existing_access_log_bucket: optional(text),
  create_load_balancer: optional(flag),
  existing_load_balancer: optional(object({ arn: text, security_group_id: text, dns_name: text })),
  create_listener: optional(flag),
  existing_listener: optional(object({ arn: text })),
});

const fileSystem = object({
  uid: optional(number),
  gid: optional(number),
  backup: optional(flag),
  infrequent_access_after_days: optional(number),
  throughput_mode: optional(oneOf("elastic", "bursting", "provisioned")),
  provisioned_throughput_mibps: optional(number),
});

const existingFileSystem = object({
  file_system_id: text,
  file_system_arn: text,
  access_point_id: text,
  access_point_arn: text,
  security_group_id: text,
});

const roles = object({
  permissions_boundary_arn: optional(text),
  path: optional(text),
  name_prefix: optional(text),
  name_suffix: optional(text),
});

/** The inputs of the module `systems/policy-runner`. */
const policyRunner = object({
  name: optional(text),
  enabled: optional(flag),
  mode: optional(oneOf("task", "service")),
  workers: optional(
    object({ min: optional(number), max: optional(number), runs_per_worker: optional(number) }),
  ),
  sources: map(
    object({
      preset: oneOf(...presets),
      minimum_severity: optional(oneOf(...severities)),
      source: optional(list(text)),
      event_names: optional(list(text)),
      event_bus_name: optional(text),
    }),
  ),
  policies_folder: text,
  mappings_file: text,
  default_policy: optional(text),
  use_default_policy: optional(flag),
  enable_enrichment: optional(flag),
  image: text,
  create_repository: optional(flag),
  repository: optional(
    object({
      keep_images: optional(number),
      pull_account_ids: optional(list(text)),
      replicate_to_regions: optional(list(text)),
    }),
  ),
  permissions: optional(list(oneOf("ec2", "iam-user", "rds", "s3", "security-group"))),
  policies: optional(map(text)),
  member_accounts: optional(
    object({ account_ids: list(text), role_name: text, external_id: optional(text) }),
  ),
  create_output_bucket: optional(flag),
  output_expiration_days: optional(number),
  notification_queue: optional(object({ url: text, arn: text, kms_key_arn: optional(text) })),
  create_network: optional(flag),
  network: optional(network),
  existing_network: optional(
    object({ vpc_id: text, subnet_ids: list(text), assign_public_ip: optional(flag) }),
  ),
  create_cluster: optional(flag),
  existing_cluster: optional(object({ name: text, arn: text })),
  cpu: optional(number),
  memory: optional(number),
  architecture: optional(oneOf("X86_64", "ARM64")),
  capacity: optional(text),
  on_failure: optional(onFailure),
  interruption_retries: optional(number),
  buffer: optional(flag),
  deduplication_window_hours: optional(number),
  create_monitoring: optional(flag),
  create_run_history: optional(flag),
  create_run_history_policy: optional(flag),
  function_architecture: optional(oneOf("arm64", "x86_64")),
  function_runtime: optional(text),
  log_retention_days: optional(number),
  kms_key_arn: optional(text),
  alarm_actions: optional(list(text)),
  roles: optional(roles),
  names: optional(map(text)),
  tags: optional(map(text)),
});

/** The inputs of the module `systems/data-scanner`. */
const dataScanner = object({
  name: optional(text),
  environment: optional(text),
  image: text,
  create_repository: optional(flag),
  repository: optional(
    object({
      keep_images: optional(number),
      pull_account_ids: optional(list(text)),
      replicate_to_regions: optional(list(text)),
    }),
  ),
  create_data_bucket: optional(flag),
  data_bucket: optional(
    object({
      expiration_days: optional(number),
      transitions: optional(map(number)),
      force_destroy: optional(flag),
      replicate_to: optional(
        object({
          bucket_arn: text,
          storage_class: optional(
            oneOf(
              "STANDARD",
              "STANDARD_IA",
              "ONEZONE_IA",
              "INTELLIGENT_TIERING",
              "GLACIER_IR",
              "GLACIER",
              "DEEP_ARCHIVE",
            ),
          ),
          kms_key_arn: optional(text),
          delete_markers: optional(flag),
        }),
      ),
    }),
  ),
  scan_bucket_names: optional(list(text)),
  scan_bucket_kms_key_arns: optional(list(text)),
  max_file_size_mib: optional(number),
  deduplication_window_minutes: optional(number),
  workers: optional(
    object({
      min: optional(number),
      max: optional(number),
      messages_per_task: optional(number),
      empty_minutes: optional(number),
      scale_out_cooldown_seconds: optional(number),
      scale_in_cooldown_seconds: optional(number),
    }),
  ),
  cpu: optional(number),
  memory: optional(number),
  architecture: optional(oneOf("X86_64", "ARM64")),
  capacity: optional(text),
  database: optional(
    object({
      engine_version: optional(text),
      auto_minor_version_upgrade: optional(flag),
      allow_major_version_upgrade: optional(flag),
      instance_class: optional(text),
      allocated_storage_gib: optional(number),
      max_allocated_storage_gib: optional(number),
      database_name: optional(text),
      master_username: optional(text),
      create_master_secret: optional(flag),
      existing_master_secret: optional(object({ arn: text, kms_key_arn: optional(text) })),
      port: optional(number),
      multi_az: optional(flag),
      read_replicas: optional(map(object({ instance_class: optional(text), multi_az: optional(flag) }))),
      backup_retention_days: optional(number),
      backup_window: optional(text),
      maintenance_window: optional(text),
      final_snapshot: optional(flag),
      final_snapshot_identifier: optional(text),
      deletion_protection: optional(flag),
      apply_immediately: optional(flag),
      parameters: optional(
        map(object({ value: text, apply_method: optional(oneOf("immediate", "pending-reboot")) })),
      ),
      performance_insights: optional(flag),
      performance_insights_retention_days: optional(number),
      monitoring_interval_seconds: optional(number),
      max_connections: optional(number),
      min_free_storage_gib: optional(number),
    }),
  ),
  api: optional(
    object({
      stage_name: optional(text),
      authorization: optional(oneOf("AWS_IAM", "NONE")),
      throttling_rate_limit: optional(number),
      throttling_burst_limit: optional(number),
      create_domain: optional(flag),
      domain_name: optional(text),
      certificate_arn: optional(text),
      create_account_log_role: optional(flag),
    }),
  ),
  reserved_concurrency: optional(
    object({
      scan: optional(number),
      list_objects: optional(number),
      jobs: optional(number),
      results: optional(number),
    }),
  ),
  create_network: optional(flag),
  network: optional(network),
  existing_network: optional(object({ vpc_id: text, subnet_ids: list(text) })),
  create_cluster: optional(flag),
  existing_cluster: optional(object({ name: text, arn: text })),
  create_bastion: optional(flag),
  bastion: optional(object({ instance_type: optional(text), running: optional(flag) })),
  create_monitoring: optional(flag),
  function_architecture: optional(oneOf("arm64", "x86_64")),
  function_runtime: optional(text),
  log_level: optional(oneOf("DEBUG", "INFO", "WARN", "ERROR")),
  log_retention_days: optional(number),
  kms_key_arn: optional(text),
  alarm_actions: optional(list(text)),
  roles: optional(roles),
  names: optional(map(text)),
  tags: optional(map(text)),
});

/** The inputs of the module `systems/bottle-sync`. */
const bottleSync = object({
  name: optional(text),
  enabled: optional(flag),
  schedule_expression: optional(text),
  time_zone: optional(text),
  platforms: optional(list(text)),
  size_threshold_gb: optional(number),
  download_concurrency: optional(number),
  progress_report_interval_seconds: optional(number),
  retention_days: optional(number),
  catalogue_url: optional(text),
  api: optional(object({ url: optional(text), public_key: optional(text), files: optional(list(text)) })),
  external_hash_file: optional(
    object({
      url: optional(text),
      bucket: optional(text),
      key: optional(text),
      kms_key_arn: optional(text),
    }),
  ),
  create_webhook_secret: optional(flag),
  existing_webhook_secret: optional(object({ name: text, arn: text, kms_key_arn: optional(text) })),
  create_mirror_bucket: optional(flag),
  mirror_bucket: optional(
    object({ reader_vpc_endpoint_ids: optional(list(text)), force_destroy: optional(flag) }),
  ),
  existing_mirror_bucket: optional(text),
  create_file_system: optional(flag),
  file_system: optional(
    object({
      throughput_mode: optional(oneOf("elastic", "bursting", "provisioned")),
      provisioned_throughput_mibps: optional(number),
      backup: optional(flag),
    }),
  ),
  image: text,
  create_repository: optional(flag),
  repository: optional(
    object({
      keep_images: optional(number),
      pull_account_ids: optional(list(text)),
      replicate_to_regions: optional(list(text)),
    }),
  ),
  create_network: optional(flag),
  network: optional(network),
  existing_network: optional(object({ vpc_id: text, subnets: map(text), assign_public_ip: optional(flag) })),
  create_cluster: optional(flag),
  existing_cluster: optional(object({ name: text, arn: text })),
  cpu: optional(number),
  memory: optional(number),
  architecture: optional(oneOf("X86_64", "ARM64")),
  capacity: optional(text),
  on_failure: optional(onFailure),
  interruption_retries: optional(number),
  create_monitoring: optional(flag),
  create_run_history: optional(flag),
  create_run_history_policy: optional(flag),
  function_architecture: optional(oneOf("arm64", "x86_64")),
  function_runtime: optional(text),
  log_level: optional(oneOf("DEBUG", "INFO", "WARN", "ERROR")),
  log_retention_days: optional(number),
  kms_key_arn: optional(text),
  alarm_actions: optional(list(text)),
  roles: optional(roles),
  names: optional(map(text)),
  tags: optional(map(text)),
});

/** The variables of the app: `region`, the inputs of the module `event-driven-ecs`, and one for each system. */
const variables = {
  region: optional(text),
  name: optional(text),
  create_network: optional(flag),
  network: optional(network),
  existing_network: optional(
    object({
      vpc_id: text,
      subnet_ids: optional(list(text)),
      subnets: optional(map(text)),
      assign_public_ip: optional(flag),
      public_subnet_ids: optional(list(text)),
    }),
  ),
  create_cluster: optional(flag),
  existing_cluster: optional(object({ name: text, arn: text })),
  capacity_providers: optional(list(text)),
  services: optional(map(service)),
  events: optional(map(event)),
  schedules: optional(map(schedule)),
  stop_events: optional(map(stopEvent)),
  buffer: optional(flag),
  deduplication_window_hours: optional(number),
  load_balancer: optional(loadBalancer),
  create_file_system: optional(flag),
  file_system: optional(fileSystem),
  existing_file_system: optional(existingFileSystem),
  create_monitoring: optional(flag),
  create_run_history: optional(flag),
  create_run_history_policy: optional(flag),
  function_architecture: optional(oneOf("arm64", "x86_64")),
  function_runtime: optional(text),
  log_retention_days: optional(number),
  kms_key_arn: optional(text),
  alarm_actions: optional(list(text)),
  roles: optional(roles),
  names: optional(map(text)),
  tags: optional(map(text)),
  policy_runner: optional(policyRunner),
  data_scanner: optional(dataScanner),
  bottle_sync: optional(bottleSync),
};

const schema = object(variables);

const names = Object.keys(variables);
const plainTexts = ["region", "name", "function_architecture", "function_runtime", "kms_key_arn"];

/** The layout without settings: one service, which prints the event that started it. */
const defaults = {
  name: "event-driven-ecs",
  services: {
    hello: {
      image: "public.ecr.aws/docker/library/busybox:1.37",
      command: ["sh", "-c", 'echo "Started by $EVENT_PAYLOAD"'],
    },
  },
  events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
};

/** The settings of the app: `region`, and the props of the layout. */
export type Settings = FoundSettings["settings"];

/** The settings of the app, and where they were found. */
export type FoundSettings = ReturnType<typeof findSettings>;

/**
 * Reads the settings of the app: the variables that Terraform would read in `folder`, with the precedence of Terraform.
 *
 * @throws SettingsError with the file and line of every variable that is unknown or has the wrong type.
 */
export const readSettings = (folder: string, environment: Environment): Settings =>
  findSettings(folder, environment).settings;

/** Reads the settings as {@link readSettings} does, and keeps their files and lines. */
export function findSettings(folder: string, environment: Environment) {
  const found = readVariables(folder, environment, { names, plainTexts });
  const result = v.safeParse(
    schema,
    Object.fromEntries([...found].map(([name, { literal }]) => [name, plain(literal)])),
  );
  if (!result.success) {
    throw new SettingsError(
      result.issues.map((issue) => {
        const [name, ...path] = pathOf(issue);
        return `${found.get(String(name))!.where(path)}: ${describeIssue(issue)}`;
      }),
    );
  }
  const { policyRunner, dataScanner, bottleSync, ...given } = result.output;
  const systems = [policyRunner, dataScanner, bottleSync];
  // CI systems set a variable without a value to the empty string.
  const region = given.region ?? (environment.AWS_REGION || "us-east-1");
  const network = { availabilityZones: [`${region}a`, `${region}b`], ...given.network };
  return {
    settings: { ...defaults, ...given, region, network },
    /** A message of a construct about one of the settings, with its file and line. */
    located: (message: string): string => locatedProblem(message, found),
    /** Whether the stack of the layout is made: a system alone needs none. */
    makesLayout: systems.every((system) => system === undefined) || given.services !== undefined,
    runner:
      policyRunner &&
      systemSettings(
        {
          ...policyRunner,
          // In the file they are relative to its folder.
          policiesFolder: resolve(folder, policyRunner.policiesFolder),
          mappingsFile: resolve(folder, policyRunner.mappingsFile),
        },
        "policy-runner",
        { region, located: locatedIn(found, "policy_runner", "systems/policy-runner") },
      ),
    scanner:
      dataScanner &&
      systemSettings(dataScanner, "aws-data-scanner", {
        region,
        located: locatedIn(found, "data_scanner", "systems/data-scanner"),
      }),
    sync:
      bottleSync &&
      systemSettings(bottleSync, "homebrew-bottles-sync", {
        region,
        located: locatedIn(found, "bottle_sync", "systems/bottle-sync"),
      }),
  };
}

/** The settings of a system in a stack of its own. */
function systemSettings<Given extends { readonly network?: object }>(
  given: Given,
  defaultName: string,
  { region, located }: { readonly region: string; readonly located: (message: string) => string },
) {
  const network = { availabilityZones: [`${region}a`, `${region}b`], ...given.network } as NonNullable<
    Given["network"]
  > & { readonly availabilityZones: readonly string[] };
  return { settings: { name: defaultName, ...given, region, network }, located };
}

/** Turns a message of a construct about a member of a variable into one with its file and line. */
function locatedIn(
  found: ReadonlyMap<string, Variable>,
  name: string,
  module: "systems/policy-runner" | "systems/data-scanner" | "systems/bottle-sync",
): (message: string) => string {
  const variable = found.get(name)!;
  const members = new Map(
    [...(variable.literal.value as ReadonlyMap<string, Literal>)].map(([member, literal]) => [
      member,
      { literal, where: (path: readonly (string | number)[]) => variable.where([member, ...path]) },
    ]),
  );
  return (message) => locatedProblem(message, members, { module, under: { name, variable } });
}
