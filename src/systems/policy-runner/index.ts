import type { Construct } from "constructs";
import { Bucket } from "../../bucket";
import { Cluster } from "../../cluster";
import { accountOf } from "../../core/account";
import { checkCommonInputs } from "../../core/common-inputs";
import type { Grant } from "../../core/grants";
import { sortedEntries } from "../../core/maps";
import { withoutNulls } from "../../core/props";
import { Twin } from "../../core/twin";
import { typed } from "../../core/typed";
import {
  check,
  checkGivenExactlyWhenNotMade,
  checkLength,
  checkLiteral,
  checkMatches,
  checkOneOf,
  isKnown,
} from "../../core/validation";
import { EcsService } from "../../ecs-service";
import { Launcher, type LauncherEvent } from "../../launcher";
import { checkSystemCapacity } from "../../launcher/capacity";
import { reservedEvents } from "../../launcher/event-service";
import { Monitoring } from "../../monitoring";
import { Network } from "../../network";
import { Queue } from "../../queue";
import { Repository } from "../../repository";
import { Task } from "../../task";
import * as paths from "./paths";
import { checkPermissions, taskPolicies } from "./permissions";
import { mappingKey, policiesPrefix, policyObjects } from "./policy-files";
import type { PolicyRunnerProps, Workers } from "./props";

export type { Permission } from "./permissions";
export type { FindingSource, MemberAccounts, NotificationQueue, PolicyRunnerProps, Workers } from "./props";

/** Name of the service in task groups, metrics and alarms. */
const service = "custodian-worker";

/**
 * A security finding runs one Cloud Custodian policy, once, on that finding's resource: rules for the sources of findings,
 * the function `run-policy`, which selects a policy by a mapping file, and a task that runs it and exits. Nothing runs
 * while there are no findings. Twin of the module `systems/policy-runner`.
 *
 * @example
 * import { PolicyRunner } from "cdktf-event-driven-ecs/systems/policy-runner";
 *
 * new PolicyRunner(this, "custodian", {
 *   name: "custodian",
 *   network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
 *   image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/custodian-worker:1.0.0",
 *   sources: { hub: { preset: "security_hub", minimumSeverity: "HIGH" } },
 *   policiesFolder: `${__dirname}/policies`,
 *   mappingsFile: `${__dirname}/policy-mappings.json`,
 *   permissions: ["s3"],
 * });
 *
 * @throws ValidationError when AWS would refuse a value, the mapping file names a policy that is not in the folder, or a
 * policy of the task role allows all actions.
 */
export class PolicyRunner extends Twin {
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** ID of the VPC. */
  readonly vpcId: string;
  /** Name of the Lambda function `run-policy`. */
  readonly functionName: string;
  /** ARN of the Lambda function `run-policy`. */
  readonly functionArn: string;
  /** Name of the bucket with the policies and the mapping file. */
  readonly policyBucketName: string;
  /** Name of the bucket with the output files of Cloud Custodian. Not set unless `createOutputBucket` is true. */
  readonly outputBucketName: string | undefined;
  /**
   * URL of the created repository, to which `:<tag>` or `@<digest>` is added for an image. Not set unless
   * `createRepository` is true.
   */
  readonly repositoryUrl: string | undefined;
  /** ARN of the task role, which the roles in member accounts have to trust. */
  readonly taskRoleArn: string;
  /** Name of the log group of the runs. */
  readonly logGroupName: string;
  /** Name of the log group that holds each end of a task. Not set if `createRunHistory` is false or `mode` is `service`. */
  readonly runHistoryLogGroupName: string | undefined;
  /**
   * URL of the dead-letter queue (DLQ): it holds each finding that started no run, or whose run failed and is not retried,
   * with the reason.
   */
  readonly deadLetterQueueUrl: string;
  /** Name of the bucket that holds launch records, cooldowns and the findings that are too long for RunTask. */
  readonly payloadBucketName: string;
  /** ARN of the EventBridge rule of each source, by the source's name. */
  readonly eventRuleArns: Readonly<Record<string, string>>;
  /** URL of the queue in which runs wait for a worker. Not set unless `mode` is `service`. */
  readonly runQueueUrl: string | undefined;
  /** Name of the ECS service of the workers. Not set unless `mode` is `service`. */
  readonly workerServiceName: string | undefined;

  private readonly props: PolicyRunnerProps;

  constructor(scope: Construct, id: string, given: PolicyRunnerProps) {
    super(scope, id);
    const props = typed(this, "systems/policy-runner", withoutNulls(given));
    checkCommonInputs(this, "systems/policy-runner", props);
    this.props = props;
    this.checkProps();
    this.useNames(props.names);
    const { name, kmsKeyArn, tags } = props;
    const objects = policyObjects(this, props);
    const network = this.network();
    const cluster = this.cluster();

    const policies = this.twinModule(
      "module.policies",
      new Bucket(this, this.nested("policies", paths.bucket), {
        bucketPrefix: `${name}-policy-`,
        names: this.namesIn("module.policies"),
        objects,
        // The objects are copies of files beside the configuration.
        forceDestroy: true,
        kmsKeyArn,
        tags,
      }),
    );
    const output = props.createOutputBucket ? this.outputBucket() : undefined;
    const repository = props.createRepository ? this.repository() : undefined;
    const memberRoleArns = this.memberRoleArns();
    const runs = props.mode === "service" ? this.runQueue() : undefined;
    const task = this.task({ network, cluster, policies, output, memberRoleArns, runs });

    const launcher = this.twinModule(
      "module.launcher",
      new Launcher(this, this.nested("launcher", paths.launcher), {
        name,
        names: this.namesIn("module.launcher"),
        routes: { [service]: task },
        events: this.events(),
        policySelection: {
          bucketName: policies.bucketName,
          bucketArn: policies.bucketArn,
          mappingKey,
          policiesPrefix,
          defaultPolicyKey: props.defaultPolicy,
          useDefaultPolicy: props.useDefaultPolicy,
          enableEnrichment: props.enableEnrichment,
          memberAccountIds: props.memberAccounts?.accountIds,
          workerRoleArns: memberRoleArns,
          runQueue: runs && { url: runs.queueUrl, arn: runs.queueArn },
        },
        buffer: props.buffer,
        deduplicationWindowHours: props.deduplicationWindowHours,
        createRunHistory: props.createRunHistory,
        createRunHistoryPolicy: props.createRunHistoryPolicy,
        architecture: props.functionArchitecture,
        runtime: props.functionRuntime,
        logRetentionDays: props.logRetentionDays,
        kmsKeyArn,
        alarmActions: props.alarmActions,
        roles: props.roles,
        tags,
      }),
    );
    const worker = runs && this.worker(task, runs);
    if (props.createMonitoring ?? true) {
      this.twinModule(
        'module.monitoring["this"]',
        new Monitoring(this, "monitoring", {
          name,
          dashboardName: `${name}${props.roles?.nameSuffix ?? ""}`,
          names: this.namesIn('module.monitoring["this"]'),
          services: [service],
          functions: { "run-policy": launcher },
          deadLetterQueueNames: [launcher.deadLetterQueueName],
          alarmActions: props.alarmActions,
          tags,
        }),
      );
    }

    this.refuseUnknownNames();
    this.clusterName = cluster.name;
    this.vpcId = network.vpcId;
    this.functionName = launcher.functionName;
    this.functionArn = launcher.functionArn;
    this.policyBucketName = policies.bucketName;
    this.outputBucketName = output?.bucketName;
    this.repositoryUrl = repository?.repositoryUrl;
    this.taskRoleArn = task.taskRoleArn;
    this.logGroupName = task.logGroupName;
    this.runHistoryLogGroupName = launcher.runHistoryLogGroupName;
    this.deadLetterQueueUrl = launcher.deadLetterQueueUrl;
    this.payloadBucketName = launcher.payloadBucketName;
    this.eventRuleArns = launcher.eventRuleArns;
    this.runQueueUrl = runs?.queueUrl;
    this.workerServiceName = worker?.serviceName;
  }

  private checkProps(): void {
    const { name, sources, memberAccounts } = this.props;
    checkMatches(
      this,
      "name",
      name,
      /^[a-z][a-z0-9-]{0,27}$/,
      "a name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter.",
    );
    const names = Object.keys(sources);
    check(
      this,
      names.length > 0,
      "sources is empty; give at least one source of findings. To act on none for a while, set enabled to false.",
    );
    for (const source of names)
      check(
        this,
        /^[A-Za-z0-9_-]{1,35}$/.test(source) && !reservedEvents.includes(source),
        `sources names "${source}"; a source's name has 1 to 35 letters, digits, hyphens and underscores, and "task-failed" and "run-history" are reserved.`,
      );
    checkSystemCapacity(this, this.props);
    checkOneOf(this, "mode", this.props.mode, ["task", "service"]);
    checkLiteral(this, "mode", this.props.mode, "decides which resources exist");
    checkWorkers(this, this.props.workers);
    checkPermissions(this, this.props);
    if (memberAccounts === undefined) return;
    const { accountIds, roleName, externalId } = memberAccounts;
    checkLiteral(this, "memberAccounts.accountIds", accountIds, "decides which permissions exist");
    check(
      this,
      accountIds.length > 0,
      "memberAccounts.accountIds is empty; it takes at least one ID of an AWS account, which has 12 digits.",
    );
    for (const accountId of accountIds)
      checkMatches(
        this,
        "memberAccounts.accountIds",
        accountId,
        /^[0-9]{12}$/,
        "it takes at least one ID of an AWS account, which has 12 digits.",
      );
    checkMatches(
      this,
      "memberAccounts.roleName",
      roleName,
      /^([A-Za-z0-9_+=,.@-]+\/)*[A-Za-z0-9_+=,.@-]{1,64}$/,
      "it takes the name of a role, 1 to 64 letters, digits and _ + = , . @ -, after its path if it has one.",
    );
    checkMatches(
      this,
      "memberAccounts.externalId",
      externalId,
      /^[A-Za-z0-9_+=,.@:/-]{2,}$/,
      "it has 2 to 1224 letters, digits and _ + = , . @ : / -.",
    );
    checkLength(this, "memberAccounts.externalId", externalId, 1224, "STS");
  }

  private network(): { vpcId: string; subnetIds: readonly string[]; assignPublicIp?: boolean } {
    const { createNetwork: create = true, existingNetwork, network: settings, ...props } = this.props;
    checkGivenExactlyWhenNotMade(this, "Network", create, existingNetwork);
    if (!create) return existingNetwork!;
    check(
      this,
      settings !== undefined,
      "network is absent; give it with two or more availabilityZones of the region.",
    );
    const network = this.twinModule(
      'module.network["this"]',
      new Network(this, this.nested("network", paths.network), {
        ...settings!,
        name: props.name,
        names: this.namesIn('module.network["this"]'),
        flowLogRetentionDays: props.logRetentionDays,
        kmsKeyArn: props.kmsKeyArn,
        roles: props.roles,
        tags: props.tags,
      }),
    );
    return { vpcId: network.vpcId, subnetIds: network.privateSubnetIds };
  }

  private cluster(): { name: string; arn: string } {
    const { createCluster: create = true, existingCluster } = this.props;
    checkGivenExactlyWhenNotMade(this, "Cluster", create, existingCluster);
    if (!create) return existingCluster!;
    const { name, logRetentionDays, kmsKeyArn, tags } = this.props;
    const cluster = this.twinModule(
      'module.cluster["this"]',
      new Cluster(this, "cluster", {
        name,
        names: this.namesIn('module.cluster["this"]'),
        logRetentionDays,
        kmsKeyArn,
        tags,
      }),
    );
    return { name: cluster.clusterName, arn: cluster.clusterArn };
  }

  private outputBucket(): Bucket {
    const { name, outputExpirationDays, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      'module.output["this"]',
      new Bucket(this, this.nested("output", paths.output), {
        bucketPrefix: `${name}-output-`,
        names: this.namesIn('module.output["this"]'),
        expirationDays: outputExpirationDays,
        kmsKeyArn,
        tags,
      }),
    );
  }

  private repository(): Repository {
    const { name, repository, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      'module.repository["this"]',
      new Repository(this, this.nested("repository", paths.repository), {
        ...repository,
        name: `${name}-${service}`,
        names: this.namesIn('module.repository["this"]'),
        kmsKeyArn,
        tags,
      }),
    );
  }

  /**
   * A worker extends the visibility timeout while it makes a run. Its own dead-letter queue is for messages that no worker
   * understands: the function decides about runs that fail.
   */
  private runQueue(): Queue {
    const { name, kmsKeyArn, alarmActions, tags } = this.props;
    return this.twinModule(
      'module.runs["this"]',
      new Queue(this, "runs", {
        name: `${name}-runs`,
        names: this.namesIn('module.runs["this"]'),
        visibilityTimeoutSeconds: 120,
        messageRetentionSeconds: 1209600,
        maxReceiveCount: 5,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
  }

  private worker(task: Task, runs: Queue): EcsService {
    const { name, workers: { min = 1, max = 4, runsPerWorker = 5 } = {}, tags } = this.props;
    return this.twinModule(
      'module.worker["this"]',
      new EcsService(this, this.nested("worker", paths.worker), {
        name: `${name}-${service}`,
        names: this.namesIn('module.worker["this"]'),
        route: task,
        taskDefinitionArn: task.taskDefinitionArn,
        scaling: {
          min,
          max,
          queueDepth: { queueName: runs.queueName, messagesPerTask: runsPerWorker },
        },
        tags,
      }),
    );
  }

  private memberRoleArns(): readonly string[] {
    const { accountIds = [], roleName } = this.props.memberAccounts ?? {};
    return accountIds.map((id) => `arn:${accountOf(this).partition}:iam::${id}:role/${roleName}`);
  }

  private task(around: {
    readonly network: ReturnType<PolicyRunner["network"]>;
    readonly cluster: { readonly arn: string };
    readonly policies: Bucket;
    readonly output: Bucket | undefined;
    readonly memberRoleArns: readonly string[];
    readonly runs: Queue | undefined;
  }): Task {
    const { network, cluster, policies, output, memberRoleArns, runs } = around;
    const { name, notificationQueue, memberAccounts, kmsKeyArn, onFailure, ...props } = this.props;
    const { externalId } = memberAccounts ?? {};
    const grants: Record<string, Grant> = {
      ...(output && { output: { access: "put-objects", arn: output.bucketArn, kmsKeyArn } }),
      ...(notificationQueue && {
        notifications: {
          access: "send-messages",
          arn: notificationQueue.arn,
          kmsKeyArn: notificationQueue.kmsKeyArn,
        },
      }),
    };
    return this.twinModule(
      "module.task",
      new Task(this, this.nested("task", paths.task), {
        name: `${name}-${service}`,
        names: this.namesIn("module.task"),
        clusterArn: cluster.arn,
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        assignPublicIp: network.assignPublicIp,
        image: props.image,
        cpu: props.cpu ?? 512,
        memory: props.memory ?? 1024,
        architecture: props.architecture,
        capacity: props.capacity,
        onFailure: {
          ...onFailure,
          action: onFailure?.action ?? "retry",
          maxAttempts: onFailure?.maxAttempts ?? 2,
        },
        interruptionRetries: props.interruptionRetries,
        environment: {
          JOB: runs ? "run-queued-policies" : "run-policy",
          LOG_LEVEL: "INFO",
          ...(runs && { RUN_QUEUE_URL: runs.queueUrl }),
          ...(output && { OUTPUT_BUCKET: output.bucketName }),
          ...(notificationQueue && { NOTIFICATION_QUEUE_URL: notificationQueue.url }),
          ...(memberAccounts && { MEMBER_ROLE_NAME: memberAccounts.roleName }),
          ...(externalId !== undefined && { MEMBER_EXTERNAL_ID: externalId }),
        },
        policies: taskPolicies(this.props, {
          partition: accountOf(this).partition,
          policyBucketArn: policies.bucketArn,
          policiesPrefix,
          memberRoleArns,
        }),
        grants,
        logRetentionDays: props.logRetentionDays,
        kmsKeyArn,
        roles: props.roles,
        tags: props.tags,
      }),
    );
  }

  private events(): Record<string, LauncherEvent> {
    const { sources, enabled } = this.props;
    return Object.fromEntries(
      sortedEntries(sources).map(([name, source]) => [name, { ...source, service, enabled }]),
    );
  }
}

function checkWorkers(scope: Construct, { min = 1, max = 4, runsPerWorker = 5 }: Workers = {}): void {
  const isCount = (count: number) => Number.isInteger(count) && count >= 0 && count <= 5000;
  check(
    scope,
    !isKnown(min) || !isKnown(max) || (isCount(min) && isCount(max) && max >= 1 && min <= max),
    `workers.min is ${min} and workers.max is ${max}; both take whole numbers, min from 0 to max, max from 1 to 5000.`,
  );
  check(
    scope,
    !isKnown(runsPerWorker) || (Number.isInteger(runsPerWorker) && runsPerWorker >= 1),
    `workers.runsPerWorker is ${runsPerWorker}; it takes whole numbers from 1.`,
  );
}
