import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { LambdaInvocation } from "@cdktf/provider-aws/lib/lambda-invocation";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { dependable, Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import type { JobsEnvironment } from "../../../handlers/jobs/environment";
import type { ListObjectsEnvironment } from "../../../handlers/list-objects/environment";
import type { MigrateDatabaseEnvironment } from "../../../handlers/migrate-database/environment";
import type { ResultsEnvironment } from "../../../handlers/results/environment";
import type { ScanEnvironment } from "../../../handlers/scan/environment";
import { Bastion } from "../../bastion";
import { Bucket } from "../../bucket";
import { Cluster } from "../../cluster";
import { accountOf } from "../../core/account";
import { asText } from "../../core/as-text";
import { base64Sha256, moduleBundle } from "../../core/bundle";
import { checkBundledRuntime } from "../../core/bundled-runtime";
import { checkCommonInputs } from "../../core/common-inputs";
import { expression } from "../../core/expression";
import { json } from "../../core/json";
import { withoutNulls } from "../../core/props";
import { withTags } from "../../core/tags";
import { Twin } from "../../core/twin";
import { typed } from "../../core/typed";
import { check, checkGivenExactlyWhenNotMade, isToken } from "../../core/validation";
import { Database } from "../../database";
import { DeadLetterQueue } from "../../dead-letter-queue";
import { EcsService } from "../../ecs-service";
import { Handler } from "../../handler";
import { Monitoring } from "../../monitoring";
import { namespace, scanService } from "../../monitoring/metrics";
import { Network } from "../../network";
import { Queue } from "../../queue";
import { Repository } from "../../repository";
import { RestApi } from "../../rest-api";
import { Schedule } from "../../schedule";
import { Task } from "../../task";
import { checkDataScanner } from "./checks";
import * as paths from "./paths";
import { invoke, listObjects, scanObjects } from "./permissions";
import type { DataScannerProps } from "./props";

export type { DataScannerProps, ReservedConcurrency, ScanApi, ScanWorkers } from "./props";

const functionKeys = ["scan", "list-objects", "jobs", "results", "migrate-database"] as const;
type FunctionKey = (typeof functionKeys)[number];

/** The functions that need the tables. */
type AfterMigration = Exclude<FunctionKey, "migrate-database">;

const routes: Readonly<Record<string, AfterMigration>> = {
  "POST /scan": "scan",
  "GET /jobs/{job_id}": "jobs",
  "GET /results": "results",
  "GET /openapi.json": "jobs",
};

interface FunctionSettings {
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly policies: Readonly<Record<string, string>>;
  readonly reservedConcurrentExecutions?: number;
}

/** Node.js does not trust the authorities of RDS by itself. The runtime of Lambda has their certificates. */
const certificates = { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" };

/**
 * Scans buckets for sensitive data: an API creates jobs and has their findings, a function lists a bucket, workers of an
 * ECS service scan its objects, and PostgreSQL has jobs and findings. No worker runs while there is nothing to scan. Twin
 * of the module `systems/data-scanner`.
 *
 * @example
 * import { DataScanner } from "cdktf-event-driven-ecs/systems/data-scanner";
 *
 * new DataScanner(this, "scanner", {
 *   name: "aws-data-scanner",
 *   network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
 *   image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/scanner-worker:1.0.0",
 * });
 *
 * @throws ValidationError when AWS would refuse a value, two values contradict each other, or there is no bucket to scan.
 */
export class DataScanner extends Twin {
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** ID of the VPC. */
  readonly vpcId: string;
  /** Base URL of the API, without a trailing slash. The path of a request, such as `/scan`, is appended to it. */
  readonly apiUrl: string;
  /** ARN of each route, by method and path, for a policy that allows a caller `execute-api:Invoke`. */
  readonly apiInvokeArns: Readonly<Record<string, string>>;
  /** Target of the DNS alias record of `api.domainName`. Not set unless `api.createDomain` is true. */
  readonly apiDomainTargetName: string | undefined;
  /** Hosted zone ID of `apiDomainTargetName`, for the alias record. Not set unless `api.createDomain` is true. */
  readonly apiDomainTargetZoneId: string | undefined;
  /** URL of the queue with a message for each object to scan. */
  readonly scanJobsQueueUrl: string;
  /**
   * URL of the dead-letter queue (DLQ) of that queue: it holds each message that was received five times and not deleted.
   */
  readonly scanJobsDeadLetterQueueUrl: string;
  /**
   * URL of the dead-letter queue (DLQ) of the functions: it holds each asynchronous event that failed after all retries,
   * with the error.
   */
  readonly failedEventsQueueUrl: string;
  /** Host name of the database, without the port. */
  readonly databaseAddress: string;
  /** Host name of each read replica, without the port, by its key. */
  readonly databaseReplicaAddresses: Readonly<Record<string, string>>;
  /** ARN of the secret with the user name and password of the master user of the database. */
  readonly databaseSecretArn: string;
  /** Identifier of the DB instance, for instance to restore it to a point in time. */
  readonly databaseInstanceId: string;
  /** Name of the created bucket for data. Not set unless `createDataBucket` is true. */
  readonly dataBucketName: string | undefined;
  /** Names of the buckets that may be scanned. */
  readonly scanBucketNames: readonly string[];
  /**
   * URL of the created repository, to which `:<tag>` or `@<digest>` is added for an image. Not set unless
   * `createRepository` is true.
   */
  readonly repositoryUrl: string | undefined;
  /**
   * ARN of the KMS key of the hashes that findings have in place of values. Without it, later hashes of the same value are
   * different.
   */
  readonly hashKeyArn: string;
  /** Name of the ECS service of the workers. */
  readonly workerServiceName: string;
  /** Name of the log group of the workers. */
  readonly workerLogGroupName: string;
  /** ARN of the task role of the workers, which the policy of a KMS key or bucket may have to allow. */
  readonly workerTaskRoleArn: string;
  /** Name of each function: `scan`, `list-objects`, `jobs`, `results` and `migrate-database`. */
  readonly functionNames: Readonly<Record<string, string>>;
  /** JSON text with the result of the last migration of the database. */
  readonly migrationResult: string;
  /** Command that forwards a local port to the database, by the key `database`. Empty unless `createBastion` is true. */
  readonly bastionCommands: Readonly<Record<string, string>>;
  /** ID of the bastion. Not set unless `createBastion` is true. */
  readonly bastionInstanceId: string | undefined;

  private readonly props: DataScannerProps;
  private readonly environment: string;
  private readonly logRetentionDays: number;
  /** What most blocks get from the system. */
  private readonly common: Pick<DataScannerProps, "kmsKeyArn" | "alarmActions" | "roles" | "tags">;

  constructor(scope: Construct, id: string, given: DataScannerProps) {
    super(scope, id);
    const props = typed(this, "systems/data-scanner", withoutNulls(given));
    checkCommonInputs(this, "systems/data-scanner", props);
    checkBundledRuntime(this, "functionRuntime", props.functionRuntime);
    checkDataScanner(this, props);
    this.props = props;
    this.environment = Token.asString(props.environment ?? "dev");
    this.logRetentionDays = props.logRetentionDays ?? 7;
    const { kmsKeyArn, alarmActions, roles, tags } = props;
    this.common = { kmsKeyArn, alarmActions, roles, tags };
    this.useNames(props.names);

    const network = this.network();
    const cluster = this.cluster();
    const securityGroups = this.securityGroups(network.vpcId);
    const database = this.database(network, securityGroups);
    const bastion = props.createBastion ? this.bastion(network, database) : undefined;
    const data = (props.createDataBucket ?? true) ? this.dataBucket() : undefined;
    const repository = props.createRepository ? this.repository() : undefined;
    const queue = this.scanJobs();
    const hashKey = this.hashKey();
    const buckets = {
      names: [...(data ? [data.bucketName] : []), ...(props.scanBucketNames ?? [])],
      arns: [
        ...(data ? [data.bucketArn] : []),
        ...(props.scanBucketNames ?? []).map((name) => `arn:${accountOf(this).partition}:s3:::${name}`),
      ],
    };
    const task = this.task({ network, cluster, database, queue, hashKey, bucketArns: buckets.arns });
    database.allowFrom("worker", task.securityGroupId);
    for (const key of functionKeys) this.egress(key, securityGroups[key], database);

    const failedEvents = this.failedEvents();
    const place = { subnetIds: network.subnetIds, securityGroups, deadLetterQueueArn: failedEvents.queueArn };
    const readSecret = { "read-secret": database.readSecretPolicyJson };
    const environment = { ...this.databaseEnvironment(database), ...certificates };
    const migrate = this.migrateDatabase(place, environment, readSecret);
    const migration = this.migration(migrate, [database, ...(network.made ? [network.made] : [])]);

    const worker = this.worker(task, queue);
    const functions = this.functions(
      place,
      this.functionSettings({ environment, readSecret, queue, cluster, worker, buckets }),
    );
    // Functions and workers refuse tables of another release.
    for (const block of [worker, ...Object.values(functions)]) {
      for (const resource of block.twinAddresses.values())
        resource.dependsOn = [...(resource.dependsOn ?? []), dependable(migration)];
    }

    const api = this.api(functions);
    this.sweep(functions["list-objects"]);
    if (props.createMonitoring ?? true)
      this.monitoring({ functions, failedEvents, queue, cluster, worker, database });

    this.refuseUnknownNames();
    this.clusterName = cluster.name;
    this.vpcId = network.vpcId;
    this.apiUrl = api.invokeUrl;
    this.apiInvokeArns = api.invokeArns;
    this.apiDomainTargetName = api.domainTargetName;
    this.apiDomainTargetZoneId = api.domainTargetZoneId;
    this.scanJobsQueueUrl = queue.queueUrl;
    this.scanJobsDeadLetterQueueUrl = queue.deadLetterQueueUrl;
    this.failedEventsQueueUrl = failedEvents.queueUrl;
    this.databaseAddress = database.address;
    this.databaseReplicaAddresses = database.replicaAddresses;
    this.databaseSecretArn = database.secretArn;
    this.databaseInstanceId = database.instanceId;
    this.dataBucketName = data?.bucketName;
    this.scanBucketNames = buckets.names;
    this.repositoryUrl = repository?.repositoryUrl;
    this.hashKeyArn = hashKey.arn;
    this.workerServiceName = worker.serviceName;
    this.workerLogGroupName = task.logGroupName;
    this.workerTaskRoleArn = task.taskRoleArn;
    this.functionNames = Object.fromEntries(
      Object.entries({ ...functions, "migrate-database": migrate }).map(([key, { functionName }]) => [
        key,
        functionName,
      ]),
    );
    this.migrationResult = migration.result;
    this.bastionCommands = bastion?.commands ?? {};
    this.bastionInstanceId = bastion?.instanceId;
  }

  /** The name of a part of the system. */
  private nameOf(part: string): string {
    return `${this.props.name}-${part}-${this.environment}`;
  }

  /** The name of what the system has one of. */
  private get ownName(): string {
    return `${this.props.name}-${this.environment}`;
  }

  private network(): Place & { readonly made?: Network } {
    const {
      createNetwork: create = true,
      existingNetwork,
      network: settings,
      kmsKeyArn,
      roles,
      tags,
    } = this.props;
    checkGivenExactlyWhenNotMade(this, "Network", create, existingNetwork);
    if (!create) return existingNetwork!;
    check(
      this,
      settings !== undefined,
      "network is absent; give it with two or more availabilityZones of the region.",
    );
    const made = this.twinModule(
      'module.network["this"]',
      new Network(this, this.nested("network", paths.network), {
        ...settings!,
        name: this.ownName,
        names: this.namesIn('module.network["this"]'),
        flowLogRetentionDays: this.logRetentionDays,
        kmsKeyArn,
        roles,
        tags,
      }),
    );
    return { vpcId: made.vpcId, subnetIds: made.privateSubnetIds, made };
  }

  private cluster(): { readonly name: string; readonly arn: string } {
    const { createCluster: create = true, existingCluster, kmsKeyArn, tags } = this.props;
    checkGivenExactlyWhenNotMade(this, "Cluster", create, existingCluster);
    if (!create) return existingCluster!;
    const cluster = this.twinModule(
      'module.cluster["this"]',
      new Cluster(this, "cluster", {
        name: this.ownName,
        names: this.namesIn('module.cluster["this"]'),
        logRetentionDays: this.logRetentionDays,
        kmsKeyArn,
        tags,
      }),
    );
    return { name: cluster.clusterName, arn: cluster.clusterArn };
  }

  /** Nothing connects to a function, so its security group has no ingress rule. */
  private securityGroups(vpcId: string): Readonly<Record<FunctionKey, SecurityGroup>> {
    const groups = functionKeys.map((key) => {
      const address = `aws_security_group.function["${key}"]`;
      const name = this.nameOf(key);
      const group = new SecurityGroup(this, `security-group-${key}`, {
        name: this.named(address) ?? `function-${name}`,
        description: this.named(address, "description") ?? `Function ${name}`,
        vpcId,
        tags: withTags({ Name: `function-${name}` }, this.props.tags),
      });
      return [key, this.twin(address, group)] as const;
    });
    return Object.fromEntries(groups) as Record<FunctionKey, SecurityGroup>;
  }

  private egress(key: FunctionKey, { id: securityGroupId }: SecurityGroup, database: Database): void {
    const { tags = {} } = this.props;
    this.twin(
      `aws_vpc_security_group_egress_rule.https["${key}"]`,
      new VpcSecurityGroupEgressRule(this, `https-egress-${key}`, {
        securityGroupId,
        description: "AWS APIs",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: "0.0.0.0/0",
        tags,
      }),
    );
    this.twin(
      `aws_vpc_security_group_egress_rule.database["${key}"]`,
      new VpcSecurityGroupEgressRule(this, `database-egress-${key}`, {
        securityGroupId,
        description: "Database",
        ipProtocol: "tcp",
        fromPort: this.port,
        toPort: this.port,
        referencedSecurityGroupId: database.securityGroupId,
        tags,
      }),
    );
  }

  /** Port of the database. */
  private get port(): number {
    return this.props.database?.port ?? 5432;
  }

  private database(network: Place, groups: Readonly<Record<FunctionKey, SecurityGroup>>): Database {
    return this.twinModule(
      "module.database",
      new Database(this, this.nested("database", paths.database), {
        ...this.props.database,
        ...this.common,
        name: this.ownName,
        names: this.namesIn("module.database"),
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        databaseName: this.props.database?.databaseName ?? "scanner",
        clientSecurityGroupIds: Object.fromEntries(functionKeys.map((key) => [key, groups[key].id])),
        logRetentionDays: this.logRetentionDays,
      }),
    );
  }

  private bastion(network: Place, database: Database): Bastion {
    const { bastion: settings, kmsKeyArn, roles, tags } = this.props;
    const { subnetIds } = network;
    const bastion = this.twinModule(
      'module.bastion["this"]',
      new Bastion(this, this.nested("bastion", paths.bastion), {
        ...settings,
        name: this.ownName,
        names: this.namesIn('module.bastion["this"]'),
        vpcId: network.vpcId,
        subnetId: isToken(subnetIds) ? Token.asString(Fn.element([...subnetIds], 0)) : subnetIds[0]!,
        targets: {
          database: {
            address: database.address,
            securityGroupId: database.securityGroupId,
            port: this.port,
          },
        },
        kmsKeyArn,
        roles,
        tags,
      }),
    );
    database.allowFrom("bastion", bastion.securityGroupId);
    return bastion;
  }

  private dataBucket(): Bucket {
    const { dataBucket, kmsKeyArn, roles, tags } = this.props;
    return this.twinModule(
      'module.data["this"]',
      new Bucket(this, this.nested("data", paths.data), {
        ...dataBucket,
        bucketPrefix: `${this.nameOf("data")}-`,
        names: this.namesIn('module.data["this"]'),
        kmsKeyArn,
        roles,
        tags,
      }),
    );
  }

  private repository(): Repository {
    const { repository, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      'module.repository["this"]',
      new Repository(this, this.nested("repository", paths.repository), {
        ...repository,
        name: this.nameOf("scanner-worker"),
        names: this.namesIn('module.repository["this"]'),
        kmsKeyArn,
        tags,
      }),
    );
  }

  /** A worker extends the visibility timeout while it scans an object. */
  private scanJobs(): Queue {
    const { kmsKeyArn, alarmActions, tags } = this.props;
    return this.twinModule(
      "module.scan_jobs",
      new Queue(this, "scan-jobs", {
        name: this.nameOf("scan-jobs"),
        names: this.namesIn("module.scan_jobs"),
        visibilityTimeoutSeconds: 300,
        maxReceiveCount: 5,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
  }

  /** The key of the hashes that findings have in place of the values that were found. It never leaves KMS. */
  private hashKey(): KmsKey {
    const { name, tags } = this.props;
    const { partition, accountId } = accountOf(this);
    const key = this.twin(
      "aws_kms_key.hash",
      new KmsKey(this, "hash-key", {
        description: `Hashes of what ${name} finds (${this.environment})`,
        customerMasterKeySpec: "HMAC_256",
        keyUsage: "GENERATE_VERIFY_MAC",
        deletionWindowInDays: 30,
        policy: json({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Account",
              Effect: "Allow",
              Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
              Action: "kms:*",
              Resource: "*",
            },
          ],
        }),
        tags,
      }),
    );
    this.twin(
      "aws_kms_alias.hash",
      new KmsAlias(this, "hash-key-alias", {
        name: this.named("aws_kms_alias.hash") ?? `alias/${this.nameOf("hash")}`,
        targetKeyId: key.keyId,
      }),
    );
    return key;
  }

  private databaseEnvironment(database: Database) {
    return {
      DB_HOST: database.address,
      DB_PORT: asText(this.port),
      DB_NAME: database.databaseName,
      DB_SECRET_ARN: database.secretArn,
      LOG_LEVEL: this.props.logLevel ?? "INFO",
    } satisfies JobsEnvironment;
  }

  private task(around: {
    readonly network: Place;
    readonly cluster: { readonly arn: string };
    readonly database: Database;
    readonly queue: Queue;
    readonly hashKey: KmsKey;
    readonly bucketArns: readonly string[];
  }): Task {
    const { network, cluster, database, queue, hashKey, bucketArns } = around;
    const { maxFileSizeMib = 500, kmsKeyArn, scanBucketKmsKeyArns = [], ...props } = this.props;
    return this.twinModule(
      "module.task",
      new Task(this, this.nested("task", paths.task), {
        name: this.nameOf("scanner-worker"),
        names: this.namesIn("module.task"),
        clusterArn: cluster.arn,
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        image: props.image,
        cpu: props.cpu ?? 256,
        memory: props.memory ?? 512,
        architecture: props.architecture,
        capacity: props.capacity,
        stopTimeoutSeconds: 120,
        environment: {
          ...this.databaseEnvironment(database),
          JOB: "scan-objects",
          WORKER_NAME: this.nameOf("scanner-worker"),
          SQS_QUEUE_URL: queue.queueUrl,
          HASH_KEY_ID: hashKey.arn,
          MAX_FILE_SIZE: isToken(maxFileSizeMib)
            ? Token.asString(expression`tostring(${maxFileSizeMib} * 1048576)`)
            : String(maxFileSizeMib * 1048576),
          VISIBILITY_TIMEOUT: "300",
          POLL_WAIT_TIME: "20",
        },
        policies: {
          "read-secret": database.readSecretPolicyJson,
          "scan-objects": scanObjects({
            bucketArns,
            queueArn: queue.queueArn,
            hashKeyArn: hashKey.arn,
            keyArns: [...(kmsKeyArn === undefined ? [] : [kmsKeyArn]), ...scanBucketKmsKeyArns],
          }),
        },
        egress: {
          https: { port: 443, cidrIpv4: "0.0.0.0/0", description: "AWS APIs" },
          database: {
            port: this.port,
            securityGroupId: database.securityGroupId,
            description: "Database",
          },
        },
        logRetentionDays: this.logRetentionDays,
        kmsKeyArn,
        roles: props.roles,
        tags: props.tags,
      }),
    );
  }

  private worker(task: Task, queue: Queue): EcsService {
    const { workers = {}, tags } = this.props;
    return this.twinModule(
      "module.worker",
      new EcsService(this, this.nested("worker", paths.worker), {
        name: this.nameOf("scanner-worker"),
        names: this.namesIn("module.worker"),
        route: task,
        taskDefinitionArn: task.taskDefinitionArn,
        scaling: {
          min: workers.min ?? 0,
          max: workers.max ?? 5,
          queueDepth: {
            queueName: queue.queueName,
            messagesPerTask: workers.messagesPerTask ?? 5,
            emptyMinutes: workers.emptyMinutes,
          },
          scaleOutCooldownSeconds: workers.scaleOutCooldownSeconds,
          scaleInCooldownSeconds: workers.scaleInCooldownSeconds,
        },
        tags,
      }),
    );
  }

  /** Of each function: the asynchronous events that failed after all retries. */
  private failedEvents(): DeadLetterQueue {
    const { kmsKeyArn, alarmActions, tags } = this.props;
    return this.twinModule(
      "module.failed_events",
      new DeadLetterQueue(this, "failed-events", {
        name: this.nameOf("failed-events"),
        names: this.namesIn("module.failed_events"),
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
  }

  private handler(
    address: string,
    key: FunctionKey,
    place: FunctionPlace,
    settings: FunctionSettings,
  ): Handler {
    return this.twinModule(
      address,
      new Handler(this, this.nested(key, paths.handler), {
        ...this.common,
        ...settings,
        name: this.nameOf(key),
        names: this.namesIn(address),
        filename: moduleBundle("systems/data-scanner", `${key}.zip`),
        architecture: this.props.functionArchitecture,
        runtime: this.props.functionRuntime,
        vpc: { subnetIds: place.subnetIds, securityGroupIds: [place.securityGroups[key].id] },
        deadLetterQueueArn: place.deadLetterQueueArn,
        logRetentionDays: this.logRetentionDays,
      }),
    );
  }

  private migrateDatabase(
    place: FunctionPlace,
    environment: MigrateDatabaseEnvironment & typeof certificates,
    policies: FunctionSettings["policies"],
  ): Handler {
    return this.handler("module.migrate_database", "migrate-database", place, {
      timeout: 60,
      environment: environment as FunctionSettings["environment"],
      policies,
    });
  }

  /**
   * Brings the tables to the version of the release, at each change of the function. Its deletion changes no table.
   *
   * @param needed what the function needs: its permissions, and a way to the database and to Secrets Manager
   */
  private migration(migrate: Handler, needed: readonly Twin[]): LambdaInvocation {
    const egress = [...this.twinAddresses].filter(([address]) =>
      address.startsWith("aws_vpc_security_group_egress_rule."),
    );
    const resources = [migrate, ...needed].flatMap(({ twinAddresses }) => [...twinAddresses.values()]);
    return this.twin(
      "aws_lambda_invocation.migrate_database",
      new LambdaInvocation(this, "migration", {
        functionName: migrate.functionName,
        input: json({}),
        lifecycleScope: "CRUD",
        triggers: { bundle: base64Sha256(moduleBundle("systems/data-scanner", "migrate-database.zip")) },
        dependsOn: [...egress.map(([, resource]) => resource), ...resources],
      }),
    );
  }

  private functionSettings(around: {
    readonly environment: JobsEnvironment & typeof certificates;
    readonly readSecret: FunctionSettings["policies"];
    readonly queue: Queue;
    readonly cluster: { readonly arn: string };
    readonly worker: EcsService;
    readonly buckets: { readonly names: readonly string[]; readonly arns: readonly string[] };
  }): Readonly<Record<AfterMigration, FunctionSettings>> {
    const { environment, readSecret, queue, cluster, worker, buckets } = around;
    const { reservedConcurrency = {}, deduplicationWindowMinutes = 10 } = this.props;
    const { partition, region, accountId } = accountOf(this);
    // Known before the function exists: the function `scan` invokes it, and it invokes itself.
    const name =
      this.namesIn('module.functions["list-objects"]')["aws_lambda_function.this"] ??
      this.nameOf("list-objects");
    const functionArn = `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    const settings = {
      jobs: {
        timeout: 29,
        environment,
        policies: readSecret,
        reservedConcurrentExecutions: reservedConcurrency.jobs,
      },
      "list-objects": {
        timeout: 900,
        environment: {
          ...environment,
          SQS_QUEUE_URL: queue.queueUrl,
          ECS_CLUSTER: cluster.arn,
          ECS_SERVICE: worker.serviceName,
        } satisfies ListObjectsEnvironment,
        policies: {
          ...readSecret,
          "list-objects": listObjects({ bucketArns: buckets.arns, queueArn: queue.queueArn, functionArn }),
          "wake-workers": worker.wakePolicyJson,
        },
        reservedConcurrentExecutions: reservedConcurrency.listObjects,
      },
      results: {
        timeout: 29,
        environment: environment satisfies ResultsEnvironment,
        policies: readSecret,
        reservedConcurrentExecutions: reservedConcurrency.results,
      },
      scan: {
        timeout: 29,
        environment: {
          ...environment,
          ALLOWED_BUCKETS: buckets.names.join(","),
          LIST_OBJECTS_FUNCTION: name,
          DEDUPLICATION_WINDOW_MINUTES: asText(deduplicationWindowMinutes),
        } satisfies ScanEnvironment,
        policies: { ...readSecret, "invoke-list-objects": invoke(functionArn) },
        reservedConcurrentExecutions: reservedConcurrency.scan,
      },
    };
    return settings as Record<AfterMigration, FunctionSettings>;
  }

  private functions(
    place: FunctionPlace,
    settings: Readonly<Record<AfterMigration, FunctionSettings>>,
  ): Readonly<Record<AfterMigration, Handler>> {
    const made = (Object.keys(settings) as AfterMigration[]).map(
      (key) => [key, this.handler(`module.functions["${key}"]`, key, place, settings[key])] as const,
    );
    return Object.fromEntries(made) as Record<AfterMigration, Handler>;
  }

  private api(functions: Readonly<Record<AfterMigration, Handler>>): RestApi {
    const { api: { authorization, stageName, ...settings } = {}, name, kmsKeyArn, roles, tags } = this.props;
    return this.twinModule(
      "module.api",
      new RestApi(this, this.nested("api", paths.api), {
        ...settings,
        name: this.ownName,
        names: this.namesIn("module.api"),
        description: `Scan jobs of ${name} and their findings.`,
        stageName: stageName ?? this.environment,
        routes: Object.fromEntries(
          Object.entries(routes).map(([route, key]) => [
            route,
            {
              functionArn: functions[key].functionArn,
              functionName: functions[key].functionName,
              authorization: authorization ?? "AWS_IAM",
            },
          ]),
        ),
        logRetentionDays: this.logRetentionDays,
        kmsKeyArn,
        roles,
        tags,
      }),
    );
  }

  /** A sweep that cannot be started within its time is not made up for: the next one does its work. */
  private sweep({ functionArn }: Handler): void {
    this.twinModule(
      "module.sweep",
      new Schedule(this, "sweep", {
        ...this.common,
        name: this.nameOf("sweep"),
        names: this.namesIn("module.sweep"),
        scheduleExpression: "rate(5 minutes)",
        functionArn,
        input: { sweep: true },
        maximumEventAgeSeconds: 300,
      }),
    );
  }

  private monitoring(of: {
    readonly functions: Readonly<Record<AfterMigration, Handler>>;
    readonly failedEvents: DeadLetterQueue;
    readonly queue: Queue;
    readonly cluster: { readonly name: string };
    readonly worker: EcsService;
    readonly database: Database;
  }): void {
    const { functions, failedEvents, queue, cluster, worker, database } = of;
    const { name, alarmActions, tags } = this.props;
    this.twinModule(
      'module.monitoring["this"]',
      new Monitoring(this, "monitoring", {
        name: this.ownName,
        dashboardName: `${this.ownName}${this.common.roles?.nameSuffix ?? ""}`,
        names: this.namesIn('module.monitoring["this"]'),
        functions: Object.fromEntries(
          Object.entries(functions).map(([key, { functionName }]) => {
            // A listing that takes longer than the timeout goes on in another invocation, so its duration is no problem.
            const isListing = key === "list-objects";
            return [key, { functionName, timeoutSeconds: isListing ? 900 : 29, durationAlarm: !isListing }];
          }),
        ),
        ecsServices: { worker: { clusterName: cluster.name, serviceName: worker.serviceName } },
        queueNames: [queue.queueName],
        databaseIds: [database.instanceId],
        deadLetterQueueNames: [
          failedEvents.queueName,
          Token.asString(Fn.element(Fn.split(":", queue.deadLetterQueueArn), 5)),
        ],
        alarmActions,
        tags,
      }),
    );
    const address = 'aws_cloudwatch_metric_alarm.objects_given_up["this"]';
    this.twin(
      address,
      new CloudwatchMetricAlarm(this, "objects-given-up-alarm", {
        alarmName: this.named(address) ?? this.nameOf("objects-given-up"),
        alarmDescription: `Three workers of ${name} died in the scan of an object, which failed: the log of the workers has the last lines before.`,
        // By the sweep, and by a worker that gets the message of such an object first.
        metricQuery: [
          {
            id: "all",
            expression: "FILL(sweep, 0) + FILL(workers, 0)",
            label: "Objects given up",
            returnData: true,
          },
          ...Object.entries({
            sweep: functions["list-objects"].functionName,
            workers: this.nameOf("scanner-worker"),
          }).map(([id, emitter]) => ({
            id,
            metric: {
              namespace,
              metricName: "ObjectsGivenUp",
              dimensions: { Function: emitter, Service: scanService },
              stat: "Sum",
              period: 60,
            },
          })),
        ],
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [...(alarmActions ?? [])],
        tags,
      }),
    );
  }
}

/** Where database, functions and workers are. */
interface Place {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** What all functions have in common. */
interface FunctionPlace {
  readonly subnetIds: readonly string[];
  readonly securityGroups: Readonly<Record<FunctionKey, SecurityGroup>>;
  readonly deadLetterQueueArn: string;
}
