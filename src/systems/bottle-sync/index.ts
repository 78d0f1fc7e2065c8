import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { Bucket } from "../../bucket";
import { Cluster } from "../../cluster";
import { accountOf } from "../../core/account";
import { asText } from "../../core/as-text";
import { moduleBundle } from "../../core/bundle";
import { checkBundledRuntime } from "../../core/bundled-runtime";
import { checkCommonInputs } from "../../core/common-inputs";
import { sortedValues } from "../../core/maps";
import { withoutNulls } from "../../core/props";
import { Twin } from "../../core/twin";
import { typed } from "../../core/typed";
import { check, checkGivenExactlyWhenNotMade, isToken } from "../../core/validation";
import { DeadLetterQueue } from "../../dead-letter-queue";
import { FileSystem } from "../../file-system";
import { Handler } from "../../handler";
import { Launcher } from "../../launcher";
import { Monitoring } from "../../monitoring";
import { Network } from "../../network";
import { Repository } from "../../repository";
import { Schedule } from "../../schedule";
import { Task } from "../../task";
import { checkBottleSync } from "./checks";
import * as paths from "./paths";
import { launch, planSync, readSecret, syncBottles } from "./permissions";
import type { BottleSyncProps, WebhookSecret } from "./props";

export type { ApiFiles, BottleSyncProps, ExternalHashFile, MirrorBucket, WebhookSecret } from "./props";

/** Name of the service in task groups, metrics and alarms. */
const service = "sync-bottles";

const mountPath = "/mnt/bottles";

type Text = Readonly<Record<string, string>>;

/**
 * A mirror of Homebrew's bottles in a bucket, from which `brew` installs without the internet: a schedule invokes the
 * function `plan-sync`, which compares the catalogue with the mirror. A function downloads what is missing, or a task if it
 * is much. Nothing runs between two runs. Twin of the module `systems/bottle-sync`.
 *
 * @example
 * import { BottleSync } from "cdktf-event-driven-ecs/systems/bottle-sync";
 *
 * new BottleSync(this, "bottle-sync", {
 *   name: "homebrew-bottles-sync",
 *   network: { availabilityZones: ["us-west-2a", "us-west-2b"] },
 *   image: "123456789012.dkr.ecr.us-west-2.amazonaws.com/worker:1.0.0",
 * });
 *
 * @throws ValidationError when a value is one that AWS or the system refuses.
 */
export class BottleSync extends Twin {
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** ID of the VPC. */
  readonly vpcId: string;
  /** Name of the bucket of the mirror. */
  readonly mirrorBucketName: string;
  /** ARN of the bucket of the mirror. */
  readonly mirrorBucketArn: string;
  /** Environment variables with which `brew` installs from the mirror, and from nowhere else. */
  readonly clientEnvironment: Text;
  /** Name of the Lambda function `plan-sync`, with which a run begins. */
  readonly planFunctionName: string;
  /** Name of the Lambda function `sync-bottles`, which downloads what is below the threshold. */
  readonly syncFunctionName: string;
  /** Name of the Lambda function `start-task`, which starts a task for all else. */
  readonly launchFunctionName: string;
  /** ARN of the task role. */
  readonly taskRoleArn: string;
  /** Name of the log group of the tasks. */
  readonly logGroupName: string;
  /** Name of the secret that takes the URL of the Slack webhook. Not set without notices. */
  readonly webhookSecretName: string | undefined;
  /** Name of the log group that holds each end of a task. Not set if `createRunHistory` is false. */
  readonly runHistoryLogGroupName: string | undefined;
  /**
   * URL of the dead-letter queue (DLQ) of tasks: it holds the event of each run whose task did not start, or failed at every
   * attempt, with the reason.
   */
  readonly deadLetterQueueUrl: string;
  /** URL of the queue with the events that failed in the functions `plan-sync` and `sync-bottles` after all retries. */
  readonly failedEventsQueueUrl: string;
  /** Name of the bucket that holds the launch records of tasks. */
  readonly payloadBucketName: string;
  /** ID of the file system. Not set unless `createFileSystem` is true. */
  readonly fileSystemId: string | undefined;
  /**
   * URL of the created repository, to which `:<tag>` or `@<digest>` is added for an image. Not set unless
   * `createRepository` is true.
   */
  readonly repositoryUrl: string | undefined;

  private readonly props: BottleSyncProps;
  /** What most blocks get from the system. */
  private readonly common: Pick<
    BottleSyncProps,
    "kmsKeyArn" | "alarmActions" | "roles" | "tags" | "logRetentionDays"
  >;

  constructor(scope: Construct, id: string, given: BottleSyncProps) {
    super(scope, id);
    const props = typed(this, "systems/bottle-sync", withoutNulls(given));
    checkCommonInputs(this, "systems/bottle-sync", props);
    checkBundledRuntime(this, "functionRuntime", props.functionRuntime);
    checkBottleSync(this, props);
    this.props = props;
    const { kmsKeyArn, alarmActions, roles, tags, logRetentionDays = 30 } = props;
    this.common = { kmsKeyArn, alarmActions, roles, tags, logRetentionDays };
    this.useNames(props.names);

    const network = this.network();
    const cluster = this.cluster();
    const mirror = this.mirror();
    const secret = this.webhookSecret();
    const repository = props.createRepository ? this.repository() : undefined;
    const fileSystem = props.createFileSystem ? this.fileSystem(network) : undefined;

    const readWebhook: Text = secret ? { "read-webhook": readSecret(secret) } : {};
    const syncPolicies = { ...readWebhook, "sync-bottles": syncBottles(mirror.arn) };
    const environment = this.environment(mirror.name, secret);
    const syncEnvironment = { ...environment, ...this.syncEnvironment() };
    const task = this.task({
      network,
      cluster,
      fileSystem,
      environment: syncEnvironment,
      policies: syncPolicies,
    });
    const launcher = this.launcher(task);
    const failedEvents = this.failedEvents();
    const sync = this.handler("sync-bottles", failedEvents, {
      // One vCPU: less memory also has a slower network.
      memorySize: 1769,
      environment: { ...syncEnvironment, LAUNCH_FUNCTION_ARN: launcher.functionArn },
      policies: { ...syncPolicies, launch: launch(launcher.functionArn) },
    });
    const plan = this.handler("plan-sync", failedEvents, {
      // The catalogue has tens of MB as text, and several times that when it is parsed.
      memorySize: 1024,
      environment: {
        ...environment,
        ...this.planEnvironment(),
        SYNC_FUNCTION_ARN: sync.functionArn,
        LAUNCH_FUNCTION_ARN: launcher.functionArn,
      },
      policies: {
        ...readWebhook,
        "plan-sync": planSync({
          bucketArn: mirror.arn,
          functionArns: [sync.functionArn, launcher.functionArn],
          hashFile: this.hashFileInBucket(),
        }),
      },
    });
    this.schedule(plan);
    if (props.createMonitoring ?? true) this.monitoring({ launcher, plan, sync, failedEvents });

    this.refuseUnknownNames();
    this.clusterName = cluster.name;
    this.vpcId = network.vpcId;
    this.mirrorBucketName = mirror.name;
    this.mirrorBucketArn = mirror.arn;
    this.clientEnvironment = this.variablesOfClients(mirror.name);
    this.planFunctionName = plan.functionName;
    this.syncFunctionName = sync.functionName;
    this.launchFunctionName = launcher.functionName;
    this.taskRoleArn = task.taskRoleArn;
    this.logGroupName = task.logGroupName;
    this.webhookSecretName = secret?.name;
    this.runHistoryLogGroupName = launcher.runHistoryLogGroupName;
    this.deadLetterQueueUrl = launcher.deadLetterQueueUrl;
    this.failedEventsQueueUrl = failedEvents.queueUrl;
    this.payloadBucketName = launcher.payloadBucketName;
    this.fileSystemId = fileSystem?.fileSystemId;
    this.repositoryUrl = repository?.repositoryUrl;
  }

  private network(): Place {
    const { createNetwork: create = true, existingNetwork, network: settings, name } = this.props;
    checkGivenExactlyWhenNotMade(this, "Network", create, existingNetwork);
    if (!create) return existingNetwork!;
    check(
      this,
      settings !== undefined,
      "network is absent; give it with two or more availabilityZones of the region.",
    );
    const { kmsKeyArn, roles, tags, logRetentionDays } = this.common;
    const network = this.twinModule(
      'module.network["this"]',
      new Network(this, this.nested("network", paths.network), {
        ...settings!,
        name,
        names: this.namesIn('module.network["this"]'),
        flowLogRetentionDays: logRetentionDays,
        kmsKeyArn,
        roles,
        tags,
      }),
    );
    return { vpcId: network.vpcId, subnets: network.privateSubnets };
  }

  private cluster(): { readonly name: string; readonly arn: string } {
    const { createCluster: create = true, existingCluster, name } = this.props;
    checkGivenExactlyWhenNotMade(this, "Cluster", create, existingCluster);
    if (!create) return existingCluster!;
    const { kmsKeyArn, tags, logRetentionDays } = this.common;
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

  /**
   * Nothing expires: only a run knows what clients may still ask for. The bytes are public ones, so S3's own key encrypts
   * them, which lets clients without credentials read.
   */
  private mirror(): { readonly name: string; readonly arn: string } {
    const { createMirrorBucket: create = true, existingMirrorBucket, mirrorBucket, name, tags } = this.props;
    checkGivenExactlyWhenNotMade(this, "MirrorBucket", create, existingMirrorBucket);
    if (!create)
      return {
        name: existingMirrorBucket!,
        arn: `arn:${accountOf(this).partition}:s3:::${existingMirrorBucket}`,
      };
    const { readerVpcEndpointIds: vpcEndpointIds = [], forceDestroy } = mirrorBucket ?? {};
    const bucket = this.twinModule(
      'module.mirror["this"]',
      new Bucket(this, this.nested("mirror", paths.mirror), {
        bucketPrefix: `${name}-`,
        names: this.namesIn('module.mirror["this"]'),
        // Large bottles wait there until their digest is known.
        shortLivedPrefixes: ["sync/"],
        forceDestroy,
        readers: vpcEndpointIds.length > 0 ? { clients: { vpcEndpointIds, objects: ["v2/*", "api/*"] } } : {},
        tags,
      }),
    );
    return { name: bucket.bucketName, arn: bucket.bucketArn };
  }

  /** Its value, the URL of the webhook, is a credential that Terraform must not see. */
  private webhookSecret(): WebhookSecret | undefined {
    const { createWebhookSecret = true, existingWebhookSecret, name, kmsKeyArn, tags } = this.props;
    if (!createWebhookSecret) return existingWebhookSecret;
    const address = 'aws_secretsmanager_secret.webhook["this"]';
    const secret = this.twin(
      address,
      new SecretsmanagerSecret(this, "webhook-secret", {
        name: this.named(address) ?? `${name}-slack-webhook`,
        description: `URL of the Slack webhook of ${name}.`,
        kmsKeyId: kmsKeyArn,
        tags,
      }),
    );
    return { name: secret.name, arn: secret.arn, ...(kmsKeyArn !== undefined && { kmsKeyArn }) };
  }

  private repository(): Repository {
    const { repository, name, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      'module.repository["this"]',
      new Repository(this, this.nested("repository", paths.repository), {
        ...repository,
        name,
        names: this.namesIn('module.repository["this"]'),
        kmsKeyArn,
        tags,
      }),
    );
  }

  private fileSystem({ vpcId, subnets }: Place): FileSystem {
    const { fileSystem, name, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      'module.file_system["this"]',
      new FileSystem(this, this.nested("file-system", paths.fileSystem), {
        ...fileSystem,
        backup: fileSystem?.backup ?? false,
        name,
        names: this.namesIn('module.file_system["this"]'),
        vpcId,
        subnetIds: subnets,
        accessPoints: { bottles: {} },
        kmsKeyArn,
        tags,
      }),
    );
  }

  /** Of both functions and of the task. */
  private environment(bucketName: string, secret: WebhookSecret | undefined): Text {
    return {
      S3_BUCKET_NAME: bucketName,
      LOG_LEVEL: this.props.logLevel ?? "INFO",
      ...(secret && { SLACK_WEBHOOK_SECRET_NAME: secret.name }),
    };
  }

  private get platforms(): readonly string[] {
    return this.props.platforms ?? ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma"];
  }

  private get downloadConcurrency(): string {
    return asText(this.props.downloadConcurrency ?? 5);
  }

  /** Of whoever downloads. */
  private syncEnvironment(): Text {
    const { api = {}, progressReportIntervalSeconds = 300, retentionDays = 30 } = this.props;
    // Clients of Homebrew 6 read the first ones, older clients the others.
    const files = api.files ?? [
      ...this.platforms.map((platform) => `internal/packages.${platform}.jws.json`),
      "formula.jws.json",
      "cask.jws.json",
      "formula_tap_migrations.jws.json",
      "cask_tap_migrations.jws.json",
    ];
    return {
      DOWNLOAD_CONCURRENCY: this.downloadConcurrency,
      PROGRESS_REPORT_INTERVAL: asText(progressReportIntervalSeconds),
      RETENTION_DAYS: asText(retentionDays),
      API_URL: api.url ?? "https://formulae.brew.sh/api",
      API_FILES: joined(files),
      ...(api.publicKey !== undefined && { API_PUBLIC_KEY: api.publicKey }),
    };
  }

  private planEnvironment(): Text {
    const { catalogueUrl, sizeThresholdGb = 20, externalHashFile: file } = this.props;
    return {
      CATALOGUE_URL: catalogueUrl ?? "https://formulae.brew.sh/api/formula.json",
      TARGET_PLATFORMS: joined(this.platforms),
      SIZE_THRESHOLD_GB: asText(sizeThresholdGb),
      // The plan counts with the same number of downloads at a time.
      DOWNLOAD_CONCURRENCY: this.downloadConcurrency,
      ...(file?.url !== undefined && { EXTERNAL_HASH_FILE_URL: file.url }),
      ...(file?.bucket !== undefined && { EXTERNAL_HASH_FILE_S3_BUCKET: file.bucket }),
      ...(file?.key !== undefined && { EXTERNAL_HASH_FILE_S3_KEY: file.key }),
    };
  }

  private hashFileInBucket() {
    const { bucket, key, kmsKeyArn } = this.props.externalHashFile ?? {};
    if (bucket === undefined) return undefined;
    return { arn: `arn:${accountOf(this).partition}:s3:::${bucket}/${key}`, kmsKeyArn };
  }

  private task(around: {
    readonly network: Place;
    readonly cluster: { readonly arn: string };
    readonly fileSystem: FileSystem | undefined;
    readonly environment: Text;
    readonly policies: Text;
  }): Task {
    const { network, cluster, fileSystem, environment, policies } = around;
    const { onFailure, kmsKeyArn, ...props } = this.props;
    const { subnets } = network;
    const task = this.twinModule(
      "module.task",
      new Task(this, this.nested("task", paths.task), {
        name: props.name,
        names: this.namesIn("module.task"),
        clusterArn: cluster.arn,
        vpcId: network.vpcId,
        subnetIds: isToken(subnets) ? Fn.values(subnets) : sortedValues(subnets),
        assignPublicIp: network.assignPublicIp,
        image: props.image,
        cpu: props.cpu ?? 2048,
        memory: props.memory ?? 8192,
        architecture: props.architecture,
        capacity: props.capacity,
        stopTimeoutSeconds: 120,
        onFailure: {
          ...onFailure,
          action: onFailure?.action ?? "retry",
          maxAttempts: onFailure?.maxAttempts ?? 3,
        },
        interruptionRetries: props.interruptionRetries,
        environment: {
          ...environment,
          JOB: service,
          ...(fileSystem && { EFS_MOUNT_PATH: mountPath }),
        },
        policies,
        mounts: fileSystem && { bottles: fileSystem.mount("bottles", mountPath) },
        logRetentionDays: this.common.logRetentionDays,
        kmsKeyArn,
        roles: props.roles,
        tags: props.tags,
      }),
    );
    fileSystem?.letIn("task", task.securityGroupId);
    return task;
  }

  private launcher(task: Task): Launcher {
    const { name, functionArchitecture, functionRuntime, createRunHistory, createRunHistoryPolicy } =
      this.props;
    return this.twinModule(
      "module.launcher",
      new Launcher(this, this.nested("launcher", paths.handler), {
        ...this.common,
        name,
        names: this.namesIn("module.launcher"),
        routes: { [service]: task },
        createRunHistory,
        createRunHistoryPolicy,
        architecture: functionArchitecture,
        runtime: functionRuntime,
      }),
    );
  }

  /** Of each function: the asynchronous events that failed after all retries. */
  private failedEvents(): DeadLetterQueue {
    const { name, kmsKeyArn, alarmActions, tags } = this.props;
    return this.twinModule(
      "module.failed_events",
      new DeadLetterQueue(this, "failed-events", {
        name: `${name}-failed-events`,
        names: this.namesIn("module.failed_events"),
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
  }

  private handler(
    key: "plan-sync" | "sync-bottles",
    failedEvents: DeadLetterQueue,
    settings: { readonly memorySize: number; readonly environment: Text; readonly policies: Text },
  ): Handler {
    const address = `module.${key.replace("-", "_")}`;
    return this.twinModule(
      address,
      new Handler(this, this.nested(key, paths.handler), {
        ...this.common,
        ...settings,
        name: `${this.props.name}-${key}`,
        names: this.namesIn(address),
        filename: moduleBundle("systems/bottle-sync", `${key}.zip`),
        architecture: this.props.functionArchitecture,
        runtime: this.props.functionRuntime,
        timeout: 900,
        deadLetterQueueArn: failedEvents.queueArn,
      }),
    );
  }

  private schedule({ functionArn }: Handler): void {
    const { scheduleExpression, timeZone, enabled, name, kmsKeyArn, alarmActions, roles, tags } = this.props;
    this.twinModule(
      "module.schedule",
      new Schedule(this, "schedule", {
        name: `${name}-plan`,
        names: this.namesIn("module.schedule"),
        scheduleExpression: scheduleExpression ?? "cron(0 3 ? * SUN *)",
        timeZone,
        enabled,
        functionArn,
        // EventBridge Scheduler fills in the value in angle brackets. A retry gets the same value, so it is the same run.
        input: { time: "<aws.scheduler.scheduled-time>" },
        kmsKeyArn,
        alarmActions,
        roles,
        tags,
      }),
    );
  }

  private monitoring(of: {
    readonly launcher: Launcher;
    readonly plan: Handler;
    readonly sync: Handler;
    readonly failedEvents: DeadLetterQueue;
  }): void {
    const { launcher, plan, sync, failedEvents } = of;
    const { name, alarmActions, tags } = this.props;
    // They use the time that they have, and say so when it was not enough.
    const patient = ({ functionName }: Handler) => ({
      functionName,
      timeoutSeconds: 900,
      durationAlarm: false,
    });
    this.twinModule(
      'module.monitoring["this"]',
      new Monitoring(this, "monitoring", {
        name,
        dashboardName: `${name}${this.common.roles?.nameSuffix ?? ""}`,
        names: this.namesIn('module.monitoring["this"]'),
        services: [service],
        functions: { "start-task": launcher, "plan-sync": patient(plan), "sync-bottles": patient(sync) },
        deadLetterQueueNames: [launcher.deadLetterQueueName, failedEvents.queueName],
        alarmActions,
        tags,
      }),
    );
  }

  private variablesOfClients(bucketName: string): Text {
    const url = `https://${bucketName}.s3.${accountOf(this).regionalDomain}`;
    return {
      HOMEBREW_ARTIFACT_DOMAIN: url,
      HOMEBREW_ARTIFACT_DOMAIN_NO_FALLBACK: "1",
      ...(this.props.api?.publicKey !== undefined && { HOMEBREW_API_DOMAIN: `${url}/api` }),
    };
  }
}

/** Where tasks are. */
interface Place {
  readonly vpcId: string;
  readonly subnets: Readonly<Record<string, string>>;
  readonly assignPublicIp?: boolean;
}

const joined = (list: readonly string[]): string =>
  isToken(list) ? Fn.join(",", [...list]) : list.join(",");
