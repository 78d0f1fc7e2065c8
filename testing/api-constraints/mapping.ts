import { fargateCpus } from "../../scripts/fargate-sizes";

/** A limit that AWS states in its documentation and not in its API model. */
export interface Documented extends Limit {
  /** The page of AWS that states the limit. */
  readonly source: string;
}

/** A limit of this project below that of AWS. */
export interface Stricter extends Limit {
  /** Values that are refused whatever the other members say. */
  readonly refused?: readonly unknown[];
  /** Why the project refuses what AWS accepts. */
  readonly because: string;
}

interface Limit {
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly unknown[];
  /** Whether only whole numbers are accepted. */
  readonly whole?: true;
}

/** An input of a block and the arguments of AWS that get its value. */
export interface MappedInput {
  /**
   * Members of API operations, such as `events:PutRule.Name`; `[]` is an item of a list, `{key}` and `{}` are a key and a
   * value of a map. AWS accepts a value that all of them accept.
   */
  readonly members: readonly string[];
  readonly documented?: Documented;
  readonly stricter?: Stricter;
  /** Values that AWS accepts although its model, of an earlier date, does not list them. */
  readonly wider?: { readonly values: readonly unknown[]; readonly because: string };
  /** Name of the provider's argument, if the provider refuses a value at plan and the module does not. */
  readonly refusedByProvider?: { readonly argument: string; readonly because: string };
  /** A valid value, which is made longer and shorter. Default: `a`. */
  readonly example?: string;
  /** Values to try beside those at the limits. Default: texts with characters that names often have. */
  readonly values?: readonly unknown[];
  /** An item of a list or map, whose length is tried. */
  readonly item?: (index: number) => string;
  /** Props that a value needs beside it, over those of the block's setting `defaults`. */
  readonly beside?: object | ((value: unknown) => object);
}

const region = "us-east-1";
const account = "123456789012";
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
const hex = (index: number): string => index.toString(16).padStart(17, "0");
const subnet = (index: number): string => `subnet-${hex(index)}`;
const securityGroup = (index: number): string => `sg-${hex(index)}`;

const balancedRoute = {
  clusterArn: arn("ecs", "cluster/engines"),
  containerName: "worker",
  subnetIds: [subnet(0)],
  securityGroupIds: [securityGroup(0)],
  taskRoleName: "worker-task",
  targetGroupArn: arn("elasticloadbalancing", "targetgroup/worker/0123456789abcdef"),
  targetType: "ip",
  port: 8080,
};

const nameCharacters = "[A-Za-z0-9_-]+";

type Inputs = Readonly<Record<string, MappedInput>>;

const capacityProviderName = {
  documented: {
    pattern: nameCharacters,
    min: 1,
    max: 255,
    source: "Amazon ECS API Reference, CreateCapacityProvider",
  },
  stricter: {
    refused: ["awsgpu", "ECS-gpu", "Fargate2"],
    because:
      "the API Reference of CreateCapacityProvider reserves what begins so, and the API model does not say it",
  },
};

/** How an operation takes tags: as a list of `Key` and `Value`, a list of `key` and `value`, or a map. */
const tagMembers: Readonly<Record<string, readonly [list: string, key: string, value: string]>> = {
  "application-autoscaling": ["application-autoscaling:RegisterScalableTarget.Tags", "{key}", "{}"],
  cloudwatch: ["cloudwatch:PutMetricAlarm.Tags", "[].Key", "[].Value"],
  ec2: ["ec2:RunInstances.TagSpecifications[].Tags", "[].Key", "[].Value"],
  ecr: ["ecr:CreateRepository.tags", "[].Key", "[].Value"],
  ecs: ["ecs:RegisterTaskDefinition.tags", "[].key", "[].value"],
  efs: ["efs:CreateFileSystem.Tags", "[].Key", "[].Value"],
  elbv2: ["elbv2:CreateLoadBalancer.Tags", "[].Key", "[].Value"],
  events: ["events:PutRule.Tags", "[].Key", "[].Value"],
  iam: ["iam:CreateRole.Tags", "[].Key", "[].Value"],
  lambda: ["lambda:CreateFunction.Tags", "{key}", "{}"],
  logs: ["logs:CreateLogGroup.tags", "{key}", "{}"],
  rds: ["rds:CreateDBInstance.Tags", "[].Key", "[].Value"],
  s3: ["s3:PutBucketTagging.Tagging.TagSet", "[].Key", "[].Value"],
  sqs: ["sqs:CreateQueue.tags", "{key}", "{}"],
  stepfunctions: ["stepfunctions:CreateStateMachine.tags", "[].key", "[].value"],
};

/** The tags of a block, by the services of its resources. */
function tags(...services: readonly string[]): Inputs {
  const members = services.map((service) => tagMembers[service]!);
  const source = "Tagging AWS Resources User Guide, tag limits";
  return {
    tags: {
      members: members.map(([list]) => list),
      documented: { max: 50, source },
      item: (index) => `key-${index}`,
      wider: { values: [[]], because: "the provider sends no tags if there are none" },
    },
    "tags{key}": {
      members: members.map(([list, key]) => list + key),
      documented: { min: 1, max: 128, pattern: "(?![aA][wW][sS]:)[\\s\\S]*", source },
      values: ["aws:a", "AWS:a", "a:aws: é_./=+-@9", "a<b>"],
    },
    "tags{}": {
      members: members.map(([list, , value]) => list + value),
      documented: { max: 256, source },
      values: ["aws: é_./=+-@9", "a<b>"],
    },
  };
}

const alarmActions: Inputs = {
  alarmActions: {
    members: ["cloudwatch:PutMetricAlarm.AlarmActions"],
    item: (index) => arn("sns", `oncall-${index}`),
  },
  "alarmActions[]": {
    members: ["cloudwatch:PutMetricAlarm.AlarmActions[]"],
    example: arn("sns", "oncall"),
    values: [
      "oncall",
      "ops@example.com",
      `arn:aws:automate:${region}:ec2:stop`,
      arn("lambda", "function:oncall:live"),
      arn("autoscaling", "scalingPolicy:12345678:autoScalingGroupName/a:policyName/b"),
    ],
    documented: {
      pattern: "arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:.+",
      source: "Amazon CloudWatch API Reference, PutMetricAlarm: the ARNs of actions",
    },
  },
};

const keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";

const kmsKeyArn: Inputs = {
  kmsKeyArn: {
    members: [],
    documented: {
      pattern: "arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
      source: "AWS KMS Developer Guide, key ARN",
    },
    example: arn("kms", `key/${keyId}`),
    values: [
      arn("kms", `key/${keyId}`),
      arn("kms", "key/mrk-1234abcd12ab34cd56ef1234567890ab"),
      `arn:aws-us-gov:kms:us-gov-west-1:${account}:key/${keyId}`,
      keyId,
      "alias/engines",
      arn("kms", "alias/engines"),
    ],
    stricter: {
      refused: [keyId, "alias/engines", arn("kms", "alias/engines")],
      because: "the ARN is the resource of a permission, and IAM knows keys by their ARN only",
    },
  },
};

const logRetention = (input: string): Inputs => ({
  [input]: {
    members: [],
    documented: {
      enum: [
        0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
        3653,
      ],
      source:
        "Amazon CloudWatch Logs API Reference, PutRetentionPolicy; with 0 the provider sets none, and events never expire",
    },
  },
});

const roles: Inputs = {
  "roles.path": {
    members: ["iam:CreateRole.Path"],
    example: "/a/",
    values: ["/", "/a/", "a/", "/a", "//", "/a b/", "/é/", `/${"a".repeat(510)}/`, `/${"a".repeat(511)}/`],
  },
  "roles.permissionsBoundaryArn": {
    members: ["iam:CreateRole.PermissionsBoundary"],
    example: `arn:aws:iam::${account}:policy/boundary`,
    values: [
      `arn:aws:iam::${account}:role/boundary`,
      "boundary-of-the-organisation",
      "arn:aws:iam::aws:policy/AdministratorAccess",
    ],
    documented: {
      pattern: "arn:[^:]+:iam::([0-9]{12}|aws):policy/.+",
      source: "IAM User Guide, permissions boundaries: the ARN of a managed policy",
    },
  },
};

const sqs = "Amazon SQS API Reference, CreateQueue";
const whole = { whole: true } as const;

const customMetric = {
  scaling: {
    min: 0,
    max: 1,
    stepScaling: { customMetric: { namespace: "Bottles", metricName: "Waiting", value: 1 } },
  },
};

const policyDocument = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }],
});

const service = {
  members: [],
  documented: {
    pattern: nameCharacters,
    min: 1,
    max: 64,
    source: "the names of this project: part of the group of a task, which has 255 characters",
  },
};

const listenerRule = { path: "/a", port: 80, securityGroupId: securityGroup(0) };
const route = (more: object) => ({ routes: { a: { ...listenerRule, ...more } } });
const ownSecret = {
  createMasterSecret: false,
  existingMasterSecret: { arn: arn("secretsmanager", "secret:database-AbCdEf") },
};
const withReplica = { ...ownSecret, readReplicas: { a: {} } };
const createDatabase = "Amazon RDS API Reference, CreateDBInstance";
const databaseClass = {
  documented: {
    pattern: "db\\.[a-z][a-z0-9-]*\\.[a-z0-9]+",
    source: "Amazon RDS User Guide, DB instance classes",
  },
  example: "db.t4g.micro",
  values: ["db.t4g.micro", "db.m6idn.32xlarge", "t3.micro", "db.micro", "db.T3.micro", "db.t3.micro.2"],
};
const targets = { targets: { a: { address: "db", securityGroupId: securityGroup(0) } } };
const elb = "Elastic Load Balancing, Application Load Balancers User Guide";

/** The inputs that reach AWS as they are, by block. What a block passes on to another block is mapped there. */
export const mapping: Readonly<Record<string, Inputs>> = {
  bastion: {
    name: {
      members: ["iam:CreateRole.RoleName", "iam:CreateInstanceProfile.InstanceProfileName"],
      stricter: {
        pattern: nameCharacters,
        max: 56,
        because: '"-bastion" is added to the name of the role, and a security group is named after it',
      },
    },
    instanceType: {
      members: [],
      documented: {
        pattern: "[a-z][a-z0-9-]*\\.[a-z0-9-]+",
        source: "Amazon EC2 User Guide, instance types; the API model lists those of its date",
      },
      example: "t4g.nano",
      values: ["t4g.nano", "m7i-flex.large", "m7a.metal-48xl", "u-6tb1.metal", "nano", "T4g.nano", "db t3"],
    },
    "targets.*.address": {
      members: [],
      documented: { pattern: "[A-Za-z0-9.-]+", source: "RFC 1123, host names" },
      values: ["db.example.com", "10.0.10.7", "db.example.com:5432", "a b", "a'b", ""],
      beside: targets,
    },
    "targets.*.port": {
      members: [],
      documented: { min: 1, max: 65535, ...whole, source: "TCP" },
      beside: targets,
    },
    "targets.*.localPort": {
      members: [],
      documented: { min: 1, max: 65535, ...whole, source: "TCP" },
      beside: targets,
    },
    ...kmsKeyArn,
    ...roles,
    ...tags("ec2", "iam"),
  },
  bucket: {
    bucketPrefix: {
      members: ["s3:CreateBucket.Bucket"],
      documented: {
        pattern: "[a-z0-9][a-z0-9.-]*",
        min: 1,
        max: 37,
        source: "Amazon S3 User Guide, bucket naming rules; the provider adds 26 of 63 characters",
      },
      stricter: {
        pattern: "[a-z0-9-]*",
        because: "the certificate of S3 does not cover names with dots, and requests without TLS are denied",
      },
    },
    expirationDays: {
      members: ["s3:PutBucketLifecycleConfiguration.LifecycleConfiguration.Rules[].Expiration.Days"],
      documented: { min: 1, source: "Amazon S3 API Reference, LifecycleExpiration" },
    },
    "transitions{key}": {
      members: [
        "s3:PutBucketLifecycleConfiguration.LifecycleConfiguration.Rules[].Transitions[].StorageClass",
      ],
      beside: { transitions: { GLACIER: 30 } },
    },
    "transitions.STANDARD_IA": {
      members: ["s3:PutBucketLifecycleConfiguration.LifecycleConfiguration.Rules[].Transitions[].Days"],
      documented: { min: 30, source: "Amazon S3 User Guide, minimum age for S3 Standard-IA" },
      beside: { expirationDays: 400 },
    },
    "transitions.GLACIER": {
      members: ["s3:PutBucketLifecycleConfiguration.LifecycleConfiguration.Rules[].Transitions[].Days"],
      documented: { min: 0, source: "Amazon S3 API Reference, Transition" },
      beside: { expirationDays: 400 },
    },
    "replicateTo.bucketArn": {
      members: ["s3:PutBucketReplication.ReplicationConfiguration.Rules[].Destination.Bucket"],
      documented: {
        pattern: "arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
        source: "Amazon S3 User Guide, bucket naming rules",
      },
      example: "arn:aws:s3:::copies",
      values: [
        "arn:aws:s3:::a.b-c",
        "copies",
        "arn:aws:s3:::copies/a",
        "arn:aws:s3:::Copies",
        "arn:aws:s3:::ab",
      ],
      beside: { replicateTo: { bucketArn: "arn:aws:s3:::copies" } },
    },
    "replicateTo.storageClass": {
      members: ["s3:PutBucketReplication.ReplicationConfiguration.Rules[].Destination.StorageClass"],
      stricter: {
        enum: [
          "STANDARD",
          "STANDARD_IA",
          "ONEZONE_IA",
          "INTELLIGENT_TIERING",
          "GLACIER_IR",
          "GLACIER",
          "DEEP_ARCHIVE",
        ],
        because: "the others are of directory buckets, Outposts and devices, or AWS advises against them",
      },
      beside: { replicateTo: { bucketArn: "arn:aws:s3:::copies" } },
    },
    ...kmsKeyArn,
    ...roles,
    ...tags("s3"),
  },
  cluster: {
    name: {
      members: ["ecs:CreateCluster.clusterName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon ECS API Reference, CreateCluster",
      },
    },
    "capacityProviders[]": {
      members: ["ecs:PutClusterCapacityProviders.capacityProviders[]"],
      ...capacityProviderName,
    },
    containerInsights: {
      members: ["ecs:CreateCluster.settings[].value"],
      documented: {
        enum: ["enabled", "enhanced", "disabled"],
        source: "Amazon ECS API Reference, ClusterSetting",
      },
    },
    ...logRetention("logRetentionDays"),
    ...kmsKeyArn,
    ...tags("ecs", "logs"),
  },
  database: {
    name: {
      members: ["rds:CreateDBInstance.DBInstanceIdentifier", "rds:CreateDBProxy.DBProxyName"],
      documented: {
        pattern: "[A-Za-z](-?[A-Za-z0-9])*",
        min: 1,
        max: 63,
        source: createDatabase,
      },
      stricter: {
        pattern: "[a-z0-9-]*",
        max: 42,
        because: "RDS stores it in lower case, and a read replica is named <name>-<key>",
      },
    },
    subnetIds: {
      members: ["rds:CreateDBSubnetGroup.SubnetIds"],
      documented: { min: 2, source: "Amazon RDS User Guide, working with DB subnet groups" },
      item: subnet,
    },
    engineVersion: {
      members: ["rds:CreateDBInstance.EngineVersion"],
      documented: {
        pattern: "(1[1-9]|[2-9][0-9])(\\.[0-9]+)?",
        source: "Amazon RDS for PostgreSQL release notes, supported versions",
      },
      stricter: { refused: ["17.2"], because: "minor versions are upgraded automatically" },
      example: "17",
      values: ["11", "16", "18", "17.2", "10", "9.6", "latest", ""],
    },
    instanceClass: { members: ["rds:CreateDBInstance.DBInstanceClass"], ...databaseClass },
    allocatedStorageGib: {
      members: ["rds:CreateDBInstance.AllocatedStorage"],
      documented: { min: 20, max: 65536, ...whole, source: `${createDatabase}, PostgreSQL with gp3` },
    },
    maxAllocatedStorageGib: {
      members: ["rds:CreateDBInstance.MaxAllocatedStorage"],
      documented: {
        min: 22,
        max: 65536,
        ...whole,
        source: "Amazon RDS User Guide, storage autoscaling: 10 percent more than is allocated",
      },
      beside: { allocatedStorageGib: 20 },
    },
    databaseName: {
      members: ["rds:CreateDBInstance.DBName"],
      documented: { pattern: "[A-Za-z][A-Za-z0-9_]*", min: 1, max: 63, source: createDatabase },
      stricter: {
        refused: ["db", "rdsadmin", "template0", "template1", "RDSADMIN"],
        because: "RDS says that a name is reserved only when it creates the database",
      },
    },
    masterUsername: {
      members: ["rds:CreateDBInstance.MasterUsername"],
      documented: { pattern: "[A-Za-z][A-Za-z0-9_]*", min: 1, max: 16, source: createDatabase },
      stricter: {
        refused: ["admin", "rdsadmin", "rds_superuser", "pg_owner", "PG_owner"],
        because: "RDS says that a name is reserved only when it creates the database",
      },
    },
    "existingMasterSecret.arn": {
      members: ["secretsmanager:GetSecretValue.SecretId"],
      documented: {
        pattern: "arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[^:]+",
        source: "AWS Secrets Manager User Guide, ARN of a secret",
      },
      example: arn("secretsmanager", "secret:a"),
      values: [arn("secretsmanager", "secret:a/b-AbCdEf"), "database", arn("ssm", "parameter/a")],
      beside: ownSecret,
    },
    port: {
      members: ["rds:CreateDBInstance.Port"],
      documented: { min: 1150, max: 65535, ...whole, source: createDatabase },
    },
    "readReplicas{key}": {
      members: ["rds:CreateDBInstanceReadReplica.DBInstanceIdentifier"],
      documented: { pattern: "[A-Za-z0-9](-?[A-Za-z0-9])*", min: 1, source: createDatabase },
      stricter: {
        pattern: "[a-z0-9-]*",
        max: 20,
        because: "RDS stores it in lower case, and the name of the database is before it",
      },
      beside: withReplica,
    },
    "readReplicas.*.instanceClass": {
      members: ["rds:CreateDBInstanceReadReplica.DBInstanceClass"],
      ...databaseClass,
      beside: withReplica,
    },
    backupRetentionDays: {
      members: ["rds:CreateDBInstance.BackupRetentionPeriod"],
      documented: { min: 0, max: 35, ...whole, source: createDatabase },
    },
    backupWindow: {
      members: ["rds:CreateDBInstance.PreferredBackupWindow"],
      documented: {
        pattern: "([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
        source: createDatabase,
      },
      stricter: {
        refused: ["03:00-03:29", "03:00-03:00"],
        because: "RDS takes 30 minutes or more",
      },
      example: "23:45-00:15",
      values: ["00:00-00:30", "24:00-01:00", "3:00-4:00", "03:60-04:30", "03:00", ""],
    },
    maintenanceWindow: {
      members: ["rds:CreateDBInstance.PreferredMaintenanceWindow"],
      documented: {
        pattern:
          "(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]",
        source: createDatabase,
      },
      stricter: {
        refused: ["sun:05:00-sun:05:29", "sun:05:00-sun:05:00"],
        because: "RDS takes 30 minutes or more",
      },
      example: "sun:23:45-mon:00:15",
      values: ["wed:10:00-wed:11:00", "Sun:05:00-Sun:06:00", "sunday:05:00-sunday:06:00", "05:00-06:00", ""],
    },
    finalSnapshotIdentifier: {
      members: ["rds:DeleteDBInstance.FinalDBSnapshotIdentifier"],
      documented: {
        pattern: "[A-Za-z](-?[A-Za-z0-9])*",
        min: 1,
        max: 255,
        source: "Amazon RDS API Reference, DeleteDBInstance",
      },
    },
    "parameters{key}": {
      members: ["rds:ModifyDBParameterGroup.Parameters[].ParameterName"],
      documented: {
        pattern: "[a-z0-9_.]+",
        source: "Amazon RDS User Guide, parameters of RDS for PostgreSQL",
      },
      stricter: { refused: ["rds.force_ssl"], because: "connections without TLS are never accepted" },
      beside: { parameters: { a: { value: "1" } } },
    },
    "parameters.*.applyMethod": {
      members: ["rds:ModifyDBParameterGroup.Parameters[].ApplyMethod"],
      beside: { parameters: { a: { value: "1" } } },
    },
    performanceInsightsRetentionDays: {
      members: ["rds:CreateDBInstance.PerformanceInsightsRetentionPeriod"],
      documented: {
        enum: [7, ...Array.from({ length: 23 }, (_, month) => (month + 1) * 31), 731],
        source: createDatabase,
      },
    },
    monitoringIntervalSeconds: {
      members: ["rds:CreateDBInstance.MonitoringInterval"],
      documented: { enum: [0, 1, 5, 10, 15, 30, 60], source: createDatabase },
    },
    ...logRetention("logRetentionDays"),
    ...kmsKeyArn,
    ...alarmActions,
    ...roles,
    ...tags("rds", "iam", "logs", "cloudwatch"),
  },
  "dead-letter-queue": {
    name: {
      members: ["sqs:CreateQueue.QueueName"],
      documented: { pattern: nameCharacters, min: 1, max: 80, source: sqs },
    },
    messageRetentionSeconds: { members: [], documented: { min: 60, max: 1209600, ...whole, source: sqs } },
    ...kmsKeyArn,
    ...alarmActions,
    ...tags("sqs", "cloudwatch"),
  },
  ecs: {
    projectName: {
      members: ["ecs:CreateService.serviceName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon ECS API Reference, CreateService",
      },
      stricter: { max: 54, because: "the block task takes no longer name, and a file system 64 characters" },
    },
    clusterName: {
      members: ["ecs:CreateCluster.clusterName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon ECS API Reference, CreateCluster",
      },
    },
    awsAccountId: {
      members: [],
      documented: { pattern: "[0-9]{12}", source: "AWS account IDs" },
      values: ["123456789012", "12345678901", "1234567890123"],
    },
    containerPort: {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].portMappings[].containerPort"],
      documented: { min: 1, max: 65535, source: "TCP" },
    },
    taskCpu: {
      members: [],
      documented: {
        enum: fargateCpus,
        source: "Amazon ECS Developer Guide, Task CPU and memory",
      },
      beside: (value) => ({
        taskMemory:
          { 256: 512, 512: 1024, 1024: 2048, 8192: 16384, 16384: 32768, 32768: 61440 }[Number(value)] ?? 8192,
      }),
    },
    efsPerformanceMode: { members: ["efs:CreateFileSystem.PerformanceMode"] },
    efsThroughputMode: { members: ["efs:CreateFileSystem.ThroughputMode"] },
    efsProvisionedThroughput: {
      members: ["efs:CreateFileSystem.ProvisionedThroughputInMibps"],
      documented: { min: 1, max: 3414, source: "Amazon EFS API Reference, CreateFileSystem" },
      beside: { efsThroughputMode: "provisioned" },
    },
    "efsAccessPoint.uid": {
      members: ["efs:CreateAccessPoint.PosixUser.Uid"],
      stricter: { min: 1, because: "0 is root, who may do all with the files" },
      beside: { efsAccessPoint: {} },
    },
    "efsAccessPoint.path": {
      members: ["efs:CreateAccessPoint.RootDirectory.Path"],
      example: "/a",
      values: ["/a", "/", "a", "/a/b/c/d", "/a/b/c/d/e", "/.a", "/a*"],
      stricter: { refused: ["/"], because: "the access point would show the whole file system" },
      beside: { efsAccessPoint: {} },
    },
    minCapacity: {
      members: ["application-autoscaling:RegisterScalableTarget.MinCapacity"],
      documented: { min: 0, max: 5000, ...whole, source: "Amazon ECS service quotas, tasks per service" },
      beside: { maxCapacity: 5000 },
    },
    maxCapacity: {
      members: ["application-autoscaling:RegisterScalableTarget.MaxCapacity"],
      documented: { min: 1, max: 5000, ...whole, source: "Amazon ECS service quotas, tasks per service" },
    },
    desiredCount: {
      members: ["ecs:CreateService.desiredCount"],
      documented: { min: 0, max: 5000, ...whole, source: "Amazon ECS service quotas, tasks per service" },
      beside: { enableAutoScaling: false },
    },
    healthCheckGracePeriod: {
      members: ["ecs:CreateService.healthCheckGracePeriodSeconds"],
      documented: { min: 0, max: 2147483647, ...whole, source: "Amazon ECS API Reference, CreateService" },
    },
    ephemeralStorageGib: {
      members: ["ecs:RegisterTaskDefinition.ephemeralStorage.sizeInGiB"],
      documented: { min: 21, max: 200, ...whole, source: "Amazon ECS API Reference, EphemeralStorage" },
    },
    ...logRetention("logRetentionDays"),
  },
  "ecs-service": {
    name: {
      members: ["ecs:CreateService.serviceName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon ECS API Reference, CreateService",
      },
      stricter: {
        max: 100,
        because: "the inline policy has its name and a suffix, and at most 128 characters",
      },
    },
    desiredCount: {
      members: ["ecs:CreateService.desiredCount"],
      documented: { min: 0, max: 5000, ...whole, source: "Amazon ECS service quotas, tasks per service" },
    },
    minHealthyPercent: {
      members: ["ecs:CreateService.deploymentConfiguration.minimumHealthyPercent"],
      stricter: { min: 0, max: 100, because: "more than all tasks cannot stay running" },
    },
    maxPercent: {
      members: ["ecs:CreateService.deploymentConfiguration.maximumPercent"],
      stricter: { min: 100, max: 200, because: "a new task for each old one is enough" },
      beside: { minHealthyPercent: 0 },
    },
    healthCheckGracePeriodSeconds: {
      members: ["ecs:CreateService.healthCheckGracePeriodSeconds"],
      documented: { min: 0, max: 2147483647, ...whole, source: "Amazon ECS API Reference, CreateService" },
      beside: { route: balancedRoute },
    },
    propagateTags: { members: ["ecs:CreateService.propagateTags"] },
    "scaling.max": {
      members: ["application-autoscaling:RegisterScalableTarget.MaxCapacity"],
      documented: { min: 1, max: 5000, ...whole, source: "Amazon ECS service quotas, tasks per service" },
      beside: { scaling: { min: 0, max: 1, queueDepth: { queueName: "jobs", messagesPerTask: 5 } } },
    },
    "scaling.queueDepth.queueName": {
      members: ["sqs:CreateQueue.QueueName"],
      documented: { pattern: `${nameCharacters}(\\.fifo)?`, min: 1, max: 80, source: sqs },
      values: ["jobs.fifo", "jobs.txt", `${"a".repeat(75)}.fifo`, `${"a".repeat(76)}.fifo`, ".fifo"],
      beside: { scaling: { min: 0, max: 1, queueDepth: { messagesPerTask: 5 } } },
    },
    "scaling.queueDepth.emptyMinutes": {
      members: ["cloudwatch:PutMetricAlarm.EvaluationPeriods"],
      documented: { min: 1, max: 1440, ...whole, source: "Amazon CloudWatch API Reference, PutMetricAlarm" },
      beside: { scaling: { min: 0, max: 1, queueDepth: { queueName: "jobs", messagesPerTask: 5 } } },
    },
    "scaling.stepScaling.customMetric.namespace": {
      members: ["cloudwatch:PutMetricAlarm.Metrics[].MetricStat.Metric.Namespace"],
      values: ["AWS/SQS", "a b", ":a"],
      beside: customMetric,
    },
    "scaling.stepScaling.customMetric.metricName": {
      members: ["cloudwatch:PutMetricAlarm.Metrics[].MetricStat.Metric.MetricName"],
      beside: customMetric,
    },
    ...tags("ecs", "application-autoscaling", "cloudwatch"),
  },
  "event-rule": {
    name: {
      members: ["events:PutRule.Name"],
      stricter: {
        pattern: nameCharacters,
        because: "the queue of undelivered events is named after the rule, and SQS takes no dots",
      },
    },
    description: { members: ["events:PutRule.Description"] },
    eventBusName: {
      members: ["events:PutRule.EventBusName"],
      values: [
        "default",
        "my/bus.v1_a-b",
        "a b",
        "é",
        "a:b",
        arn("events", "event-bus/engines"),
        "arn:aws:events:us-east-1:1:event-bus/engines",
        "arn:aws:sns:us-east-1:123456789012:topic",
      ],
      stricter: {
        max: 256,
        because:
          "a name has 256 characters (Amazon EventBridge API Reference, EventBus); the model allows for the ARN",
      },
    },
    maximumEventAgeSeconds: { members: ["events:PutTargets.Targets[].RetryPolicy.MaximumEventAgeInSeconds"] },
    maximumRetryAttempts: { members: ["events:PutTargets.Targets[].RetryPolicy.MaximumRetryAttempts"] },
    service,
    ...kmsKeyArn,
    ...alarmActions,
    ...tags("events", "sqs", "cloudwatch"),
  },
  "file-system": {
    name: {
      members: ["efs:CreateFileSystem.Tags[].Value"],
      stricter: {
        min: 1,
        max: 64,
        pattern: nameCharacters,
        because: "the security group is named after the file system",
      },
    },
    "accessPoints{key}": {
      members: ["efs:CreateAccessPoint.Tags[].Value"],
      stricter: {
        min: 1,
        max: 64,
        pattern: nameCharacters,
        because: "an access point's name is the default of its path",
      },
    },
    "accessPoints.*.uid": {
      members: ["efs:CreateAccessPoint.PosixUser.Uid"],
      stricter: { min: 1, because: "0 is root, who may do all with the files" },
    },
    "accessPoints.*.gid": {
      members: ["efs:CreateAccessPoint.PosixUser.Gid"],
      stricter: { min: 1, because: "0 is the group of root" },
    },
    "accessPoints.*.path": {
      members: ["efs:CreateAccessPoint.RootDirectory.Path"],
      example: "/a",
      values: [
        "/a",
        "/",
        "a",
        "/a/b/c/d",
        "/a/b/c/d/e",
        "/.a",
        "/a.b",
        "/a/.b",
        "/a*",
        "/é",
        "/a b",
        "/a\nb",
        "//",
        "/a/",
      ],
      stricter: { refused: ["/"], because: "the access point would show the whole file system" },
    },
    "accessPoints.*.permissions": {
      members: ["efs:CreateAccessPoint.RootDirectory.CreationInfo.Permissions"],
      example: "0750",
      values: ["750", "0750", "2770", "75", "07500", "0780", "rwx"],
    },
    infrequentAccessAfterDays: {
      members: [],
      documented: {
        enum: [0, 1, 7, 14, 30, 60, 90, 180, 270, 365],
        source: "Amazon EFS API Reference, LifecyclePolicy (TransitionToIA, in days; 0: on first access)",
      },
    },
    throughputMode: {
      members: ["efs:CreateFileSystem.ThroughputMode"],
      beside: (value) => (value === "provisioned" ? { provisionedThroughputMibps: 1 } : {}),
    },
    provisionedThroughputMibps: {
      members: ["efs:CreateFileSystem.ProvisionedThroughputInMibps"],
      beside: { throughputMode: "provisioned" },
    },
    performanceMode: {
      members: ["efs:CreateFileSystem.PerformanceMode"],
      beside: { throughputMode: "bursting" },
    },
    ...kmsKeyArn,
    ...tags("efs"),
  },
  handler: {
    name: {
      members: ["lambda:CreateFunction.FunctionName"],
      documented: { max: 64, source: "AWS Lambda API Reference, CreateFunction" },
      stricter: {
        pattern: nameCharacters,
        because: "the name, not an ARN, is part of the names of role and log group",
      },
    },
    runtime: {
      members: ["lambda:CreateFunction.Runtime"],
      stricter: {
        pattern: "nodejs[0-9]+\\.x|python3\\.[0-9]+",
        because: "the bundles are for Node.js and Python, and the ARM architecture",
      },
      values: ["nodejs22.x", "python3.13", "nodejs22", "nodejs99.x"],
      refusedByProvider: {
        argument: "runtime",
        because: "new runtimes come with new versions of the provider",
      },
    },
    handler: {
      members: ["lambda:CreateFunction.Handler"],
      example: "index.handler",
      stricter: {
        pattern: "[A-Za-z0-9_./-]+\\.[A-Za-z0-9_]+",
        because: "Node.js and Python take a file and a function, with a dot between",
      },
    },
    layers: {
      members: ["lambda:CreateFunction.Layers"],
      documented: { max: 5, source: "AWS Lambda Developer Guide, Lambda quotas" },
      item: (index) => arn("lambda", `layer:tools-${index}:1`),
    },
    "layers[]": {
      members: ["lambda:CreateFunction.Layers[]"],
      example: arn("lambda", "layer:tools:1"),
      values: [
        arn("lambda", "layer:tools"),
        arn("lambda", `layer:${"a".repeat(140 - arn("lambda", "layer::1").length)}:1`),
        arn("lambda", `layer:${"a".repeat(141 - arn("lambda", "layer::1").length)}:1`),
        "arn:aws:lambda:us-east-1:1:layer:tools:1",
        "tools",
      ],
    },
    "vpc.subnetIds": {
      members: ["lambda:CreateFunction.VpcConfig.SubnetIds"],
      documented: { min: 1, source: "AWS Lambda API Reference, VpcConfig: no subnets, no VPC" },
      item: subnet,
      beside: { vpc: { subnetIds: [], securityGroupIds: [securityGroup(0)] } },
    },
    "vpc.securityGroupIds": {
      members: ["lambda:CreateFunction.VpcConfig.SecurityGroupIds"],
      documented: { min: 1, source: "AWS Lambda API Reference, VpcConfig: no security groups, no VPC" },
      item: securityGroup,
      beside: { vpc: { subnetIds: [subnet(0)], securityGroupIds: [] } },
    },
    architecture: { members: ["lambda:CreateFunction.Architectures[]"] },
    memorySize: { members: ["lambda:CreateFunction.MemorySize"] },
    timeout: {
      members: ["lambda:CreateFunction.Timeout"],
      documented: { max: 900, source: "AWS Lambda Developer Guide, Lambda quotas" },
    },
    "environment{key}": {
      members: ["lambda:CreateFunction.Environment.Variables{key}"],
      values: ["a", "aB", "LOG_LEVEL", "1A", "_A", "A-B", "A.B", "A B", "É", ""],
    },
    "policies{key}": {
      members: ["iam:PutRolePolicy.PolicyName"],
      beside: { policies: { a: policyDocument } },
    },
    maximumRetryAttempts: { members: ["lambda:PutFunctionEventInvokeConfig.MaximumRetryAttempts"] },
    maximumEventAgeSeconds: { members: ["lambda:PutFunctionEventInvokeConfig.MaximumEventAgeInSeconds"] },
    reservedConcurrentExecutions: {
      members: ["lambda:PutFunctionConcurrency.ReservedConcurrentExecutions"],
      wider: { values: [-1], because: "the provider's value for no reservation" },
      values: [-2],
    },
    ...logRetention("logRetentionDays"),
    ...kmsKeyArn,
    ...alarmActions,
    ...roles,
    ...tags("lambda", "iam", "logs", "cloudwatch"),
  },
  launcher: {
    name: {
      members: [],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 64,
        source: "AWS Lambda API Reference, CreateFunction",
      },
      stricter: {
        pattern: "[a-z][a-z0-9-]*",
        max: 28,
        because: "the bucket is named after the launcher, and the function gets a suffix",
      },
    },
    ...tags("lambda", "iam", "logs", "cloudwatch", "s3", "sqs"),
    runtime: {
      members: ["lambda:CreateFunction.Runtime"],
      stricter: {
        pattern: "nodejs(2[2-9]|[3-9][0-9])\\.x",
        because: "the functions of this project are bundled for Node.js 22",
      },
      values: ["nodejs22.x", "nodejs20.x", "python3.13", "nodejs99.x"],
      refusedByProvider: {
        argument: "runtime",
        because: "new runtimes come with new versions of the provider",
      },
    },
  },
  "load-balancer": {
    name: {
      members: ["elbv2:CreateLoadBalancer.Name"],
      documented: {
        pattern: "(?!-)(?!internal-)[A-Za-z0-9-]*(?<!-)",
        min: 1,
        max: 32,
        source: "Elastic Load Balancing API Reference, CreateLoadBalancer",
      },
      values: ["A", "a-b", "a_b", "a.b", "internal-a", "internal", "-a", "a-", "1a", "é", ""],
      stricter: {
        pattern: "[a-z][a-z0-9-]*",
        max: 28,
        because: "the bucket for access logs is named after the load balancer",
      },
    },
    idleTimeoutSeconds: {
      members: [],
      documented: { min: 1, max: 4000, ...whole, source: `${elb}, attributes` },
    },
    accessLogRetentionDays: {
      members: ["s3:PutBucketLifecycleConfiguration.LifecycleConfiguration.Rules[].Expiration.Days"],
      documented: { min: 1, source: "Amazon S3 API Reference, LifecycleExpiration" },
    },
    "routes{key}": { ...service, beside: route({}) },
    "routes.*.port": { members: ["elbv2:CreateTargetGroup.Port"], beside: route({}) },
    "routes.*.path": {
      members: [],
      documented: {
        pattern: "/[A-Za-z0-9_.$/~\"'@:+&*?-]*",
        min: 1,
        max: 128,
        source: `${elb}, path conditions`,
      },
      example: "/a",
      values: ["/", "/*", "a", "/a b", "/a%20b", "/é", "/A", "/a?b", "/a#b", "/&amp;"],
      beside: route({}),
    },
    "routes.*.priority": { members: ["elbv2:CreateRule.Priority"], beside: route({}) },
    "routes.*.healthCheck.path": {
      members: ["elbv2:CreateTargetGroup.HealthCheckPath"],
      documented: { pattern: "/\\S*", source: `${elb}, health checks` },
      example: "/health",
      values: ["/", "health", "", "/a?b=c", "/a b"],
      beside: route({ healthCheck: {} }),
    },
    "routes.*.healthCheck.matcher": {
      members: ["elbv2:CreateTargetGroup.Matcher.HttpCode"],
      documented: {
        enum: ["200", "200,204", "200-299", "200-499", "200-299,301"],
        source: `${elb}, health checks: 200 to 499`,
      },
      values: ["200", "499", "500", "199", "200-500", "299-200", "200-", "200-300-400", "2xx", ""],
      wider: { values: ["499"], because: "each code from 200 to 499 is allowed" },
      beside: route({ healthCheck: {} }),
    },
    "routes.*.healthCheck.intervalSeconds": {
      members: ["elbv2:CreateTargetGroup.HealthCheckIntervalSeconds"],
      beside: route({ healthCheck: { timeoutSeconds: 2 } }),
    },
    "routes.*.healthCheck.timeoutSeconds": {
      members: ["elbv2:CreateTargetGroup.HealthCheckTimeoutSeconds"],
      beside: route({ healthCheck: { intervalSeconds: 300 } }),
    },
    "routes.*.healthCheck.healthyThreshold": {
      members: ["elbv2:CreateTargetGroup.HealthyThresholdCount"],
      beside: route({ healthCheck: {} }),
    },
    "routes.*.healthCheck.unhealthyThreshold": {
      members: ["elbv2:CreateTargetGroup.UnhealthyThresholdCount"],
      beside: route({ healthCheck: {} }),
    },
    "routes.*.stickinessSeconds": {
      members: [],
      documented: { min: 1, max: 604800, ...whole, source: `${elb}, sticky sessions` },
      beside: route({}),
    },
    "routes.*.deregistrationDelaySeconds": {
      members: [],
      documented: { min: 0, max: 3600, ...whole, source: `${elb}, target group attributes` },
      beside: route({}),
    },
    ...tags("elbv2", "s3"),
  },
  monitoring: {
    name: {
      members: ["cloudwatch:PutDashboard.DashboardName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon CloudWatch API Reference, PutDashboard",
      },
      stricter: { max: 128, because: "the names of alarms add a key and a suffix, and have 255 characters" },
    },
    dashboardName: {
      members: ["cloudwatch:PutDashboard.DashboardName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon CloudWatch API Reference, PutDashboard",
      },
    },
    ...alarmActions,
    ...tags("cloudwatch"),
  },
  network: {
    name: {
      members: ["ec2:CreateSecurityGroup.GroupName"],
      documented: { max: 255, min: 1, source: "Amazon EC2 API Reference, CreateSecurityGroup" },
      stricter: {
        max: 54,
        pattern: nameCharacters,
        because: '"-flow-logs" is added to the name of the role, which has 64 characters',
      },
    },
    cidrBlock: {
      members: ["ec2:CreateVpc.CidrBlock"],
      documented: {
        enum: ["10.0.0.0/16", "10.0.0.0/24", "10.0.0.0/25", "10.0.0.0/26", "10.0.0.0/28"],
        source: "Amazon VPC User Guide, VPC CIDR blocks: /16 to /28",
      },
      values: ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/24", "10.0.0.0", "a", "::/56", "10.0.0.256/24"],
      stricter: {
        refused: ["10.0.0.0/28"],
        because: "two zones have four subnets, of which the smallest has /28: together /26",
      },
      beside: (value) =>
        /\/2[5-8]$/.test(value as string)
          ? {
              publicSubnetCidrs: { "us-east-1a": "10.0.0.0/28", "us-east-1b": "10.0.0.16/28" },
              privateSubnetCidrs: { "us-east-1a": "10.0.0.32/28", "us-east-1b": "10.0.0.48/28" },
            }
          : {},
    },
    ...logRetention("flowLogRetentionDays"),
    ...kmsKeyArn,
    ...roles,
    ...tags("iam", "logs"),
  },
  queue: {
    name: {
      members: ["sqs:CreateQueue.QueueName"],
      documented: { pattern: nameCharacters, min: 1, max: 80, source: sqs },
      stricter: { max: 68, because: '"-dead-letter" is added' },
    },
    visibilityTimeoutSeconds: { members: [], documented: { min: 0, max: 43200, ...whole, source: sqs } },
    messageRetentionSeconds: { members: [], documented: { min: 60, max: 1209600, ...whole, source: sqs } },
    maxReceiveCount: { members: [], documented: { min: 1, max: 1000, ...whole, source: sqs } },
    ...kmsKeyArn,
    ...alarmActions,
    ...tags("sqs", "cloudwatch"),
  },
  registrar: {
    name: {
      members: [],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 64,
        source: "AWS Lambda API Reference, CreateFunction",
      },
      stricter: { pattern: "[a-z][a-z0-9-]*", max: 28, because: "it has the name of its launcher" },
    },
    ...tags("lambda", "iam", "logs", "cloudwatch", "sqs"),
    runtime: {
      members: ["lambda:CreateFunction.Runtime"],
      stricter: {
        pattern: "nodejs(2[2-9]|[3-9][0-9])\\.x",
        because: "the functions of this project are bundled for Node.js 22",
      },
      values: ["nodejs22.x", "nodejs20.x", "python3.13", "nodejs99.x"],
      refusedByProvider: {
        argument: "runtime",
        because: "new runtimes come with new versions of the provider",
      },
    },
  },
  repository: {
    name: {
      members: ["ecr:CreateRepository.repositoryName"],
      values: ["acme/worker", "a.b_c-d/e", "a//b", "/a", "a/", "a..b", "Worker"],
    },
    untaggedExpirationDays: {
      members: [],
      documented: { min: 1, whole: true, source: "Amazon ECR User Guide, lifecycle policy parameters" },
    },
    keepImages: {
      members: [],
      documented: { min: 1, whole: true, source: "Amazon ECR User Guide, lifecycle policy parameters" },
    },
    replicateToRegions: {
      members: ["ecr:PutReplicationConfiguration.replicationConfiguration.rules[].destinations"],
      item: (index) => `eu-west-${index}`,
      stricter: { max: 25, because: "version 5 of the provider takes at most 25" },
    },
    "replicateToRegions[]": {
      members: ["ecr:PutReplicationConfiguration.replicationConfiguration.rules[].destinations[].region"],
      example: "eu-west-1",
    },
    ...kmsKeyArn,
    ...tags("ecr"),
  },
  "rest-api": {
    name: {
      members: ["apigateway:CreateRestApi.name"],
      documented: { min: 1, max: 1024, source: "Amazon API Gateway quotas" },
      stricter: {
        max: 48,
        pattern: nameCharacters,
        because: "the log group and the role are named after it",
      },
    },
    stageName: {
      members: ["apigateway:CreateStage.stageName"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 128,
        source: "Amazon API Gateway API Reference, CreateStage",
      },
    },
    throttlingRateLimit: {
      members: [],
      documented: { min: 1, source: "0 would refuse every request" },
      values: [5.5],
    },
    throttlingBurstLimit: {
      members: [],
      documented: { min: 1, ...whole, source: "Amazon API Gateway API Reference, MethodSetting: an integer" },
    },
    ...logRetention("logRetentionDays"),
    ...kmsKeyArn,
    ...roles,
    ...tags("iam", "logs"),
  },
  schedule: {
    name: {
      members: ["scheduler:CreateSchedule.Name"],
      stricter: {
        pattern: nameCharacters,
        because: "the dead-letter queue is named after the schedule, and SQS takes no dots",
      },
    },
    scheduleExpression: {
      members: ["scheduler:CreateSchedule.ScheduleExpression"],
      example: "rate(1 day)",
      documented: {
        enum: ["rate(1 day)", "rate(5 minutes)", "cron(0 3 * * ? *)", "at(2199-01-31T03:00:00)"],
        source: "EventBridge Scheduler User Guide, schedule types",
      },
      values: [
        `cron(${Array.from({ length: 60 }, (_, minute) => minute).join(",")} 0,${"1,".repeat(50)}2 * * ? *)`,
      ],
    },
    timeZone: {
      members: ["scheduler:CreateSchedule.ScheduleExpressionTimezone"],
      example: "Europe/Berlin",
      documented: {
        enum: ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"],
        source: "the IANA time zone database",
      },
      values: ["", "+01:00", "Europe/Berlin ", "Europe/Atlantis", "europe/berlin"],
    },
    flexibleWindowMinutes: {
      members: ["scheduler:CreateSchedule.FlexibleTimeWindow.MaximumWindowInMinutes"],
      wider: { values: [0], because: "0 stands for the mode OFF" },
      values: [-1],
    },
    maximumEventAgeSeconds: {
      members: ["scheduler:CreateSchedule.Target.RetryPolicy.MaximumEventAgeInSeconds"],
    },
    maximumRetryAttempts: { members: ["scheduler:CreateSchedule.Target.RetryPolicy.MaximumRetryAttempts"] },
    ...kmsKeyArn,
    ...alarmActions,
    ...roles,
    ...tags("iam", "sqs", "cloudwatch"),
  },
  task: {
    name: {
      members: ["ecs:RegisterTaskDefinition.family"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon ECS API Reference, RegisterTaskDefinition",
      },
      stricter: {
        max: 54,
        because: '"-execution" is added to the name of the role, which has 64 characters',
      },
    },
    capacity: {
      members: ["ecs:RunTask.capacityProviderStrategy[].capacityProvider"],
      ...capacityProviderName,
      // Not together with values that only Fargate takes.
      beside: {},
    },
    networkMode: {
      members: ["ecs:RegisterTaskDefinition.networkMode"],
      stricter: { refused: ["none"], because: "a task without a network cannot report to anybody" },
      beside: (value) => (value === "awsvpc" ? {} : { capacity: "EC2" }),
    },
    cpu: {
      members: [],
      documented: {
        min: 128,
        max: 196608,
        ...whole,
        source: "Amazon ECS API Reference, RegisterTaskDefinition",
      },
      beside: { capacity: "EC2" },
    },
    memory: {
      members: [],
      documented: { min: 6, ...whole, source: "Amazon ECS API Reference, ContainerDefinition" },
      beside: { capacity: "EC2" },
    },
    port: {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].portMappings[].containerPort"],
      documented: { min: 1, max: 65535, source: "TCP" },
    },
    "sidecars.*.port": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].portMappings[].containerPort"],
      documented: { min: 1, max: 65535, source: "TCP" },
      beside: { sidecars: { proxy: { image: "proxy" } } },
    },
    "sidecars.*.cpu": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].cpu"],
      documented: { min: 0, source: "Amazon ECS API Reference, ContainerDefinition" },
      beside: { sidecars: { proxy: { image: "proxy" } } },
    },
    "sidecars.*.memory": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].memory"],
      documented: { min: 6, source: "Amazon ECS API Reference, ContainerDefinition" },
      beside: { sidecars: { proxy: { image: "proxy" } } },
    },
    "sidecars{key}": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].name"],
      documented: {
        pattern: nameCharacters,
        min: 1,
        max: 255,
        source: "Amazon ECS API Reference, ContainerDefinition",
      },
      beside: { sidecars: { proxy: { image: "proxy" } } },
    },
    "sidecars.*.firelens.type": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].firelensConfiguration.type"],
      beside: { sidecars: { proxy: { image: "proxy" } } },
    },
    "containerDependsOn.proxy": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].dependsOn[].condition"],
      beside: {
        sidecars: { proxy: { image: "proxy", healthCheck: { command: ["CMD", "/healthy"] } } },
        containerDependsOn: {},
      },
    },
    "ulimits{key}": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].ulimits[].name"],
      beside: { ulimits: { nofile: { soft: 1, hard: 2 } } },
    },
    "containerHealthCheck.intervalSeconds": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].healthCheck.interval"],
      documented: { min: 5, max: 300, source: "Amazon ECS API Reference, HealthCheck" },
      beside: { containerHealthCheck: { command: ["CMD", "/healthy"] } },
    },
    "containerHealthCheck.timeoutSeconds": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].healthCheck.timeout"],
      documented: { min: 2, max: 60, source: "Amazon ECS API Reference, HealthCheck" },
      beside: { containerHealthCheck: { command: ["CMD", "/healthy"] } },
    },
    "containerHealthCheck.retries": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].healthCheck.retries"],
      documented: { min: 1, max: 10, source: "Amazon ECS API Reference, HealthCheck" },
      beside: { containerHealthCheck: { command: ["CMD", "/healthy"] } },
    },
    "containerHealthCheck.startPeriodSeconds": {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].healthCheck.startPeriod"],
      documented: { min: 0, max: 300, source: "Amazon ECS API Reference, HealthCheck" },
      beside: { containerHealthCheck: { command: ["CMD", "/healthy"] } },
    },
    stopTimeoutSeconds: {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].stopTimeout"],
      documented: { min: 2, max: 120, source: "Amazon ECS API Reference, ContainerDefinition, on Fargate" },
    },
    ephemeralStorageGib: {
      members: ["ecs:RegisterTaskDefinition.ephemeralStorage.sizeInGiB"],
      documented: { min: 21, max: 200, source: "Amazon ECS API Reference, EphemeralStorage" },
    },
    "ebsVolume.sizeGib": {
      members: ["ecs:RunTask.volumeConfigurations[].managedEBSVolume.sizeInGiB"],
      documented: {
        min: 1,
        max: 16384,
        ...whole,
        source: "Amazon ECS API Reference, TaskManagedEBSVolumeConfiguration, with gp3",
      },
      beside: { ebsVolume: { containerPath: "/data", sizeGib: 1 } },
    },
    "ebsVolume.iops": {
      members: ["ecs:RunTask.volumeConfigurations[].managedEBSVolume.iops"],
      documented: {
        min: 3000,
        max: 16000,
        ...whole,
        source: "Amazon ECS API Reference, TaskManagedEBSVolumeConfiguration, with gp3",
      },
      beside: { ebsVolume: { containerPath: "/data", sizeGib: 1 } },
    },
    "ebsVolume.throughputMibps": {
      members: ["ecs:RunTask.volumeConfigurations[].managedEBSVolume.throughput"],
      documented: {
        min: 1,
        max: 1000,
        ...whole,
        source: "Amazon ECS API Reference, TaskManagedEBSVolumeConfiguration",
      },
      stricter: { min: 125, because: "gp3 has 125 MiB/s at least (Amazon EBS User Guide)" },
      beside: { ebsVolume: { containerPath: "/data", sizeGib: 1 } },
    },
    "ebsVolume.fileSystemType": {
      members: ["ecs:RunTask.volumeConfigurations[].managedEBSVolume.filesystemType"],
      stricter: { refused: ["ntfs"], because: "tasks run on Linux" },
      beside: { ebsVolume: { containerPath: "/data", sizeGib: 1 } },
    },
    architecture: { members: ["ecs:RegisterTaskDefinition.runtimePlatform.cpuArchitecture"] },
    logDriver: {
      members: ["ecs:RegisterTaskDefinition.containerDefinitions[].logConfiguration.logDriver"],
      stricter: {
        enum: ["awslogs", "awsfirelens"],
        because: "the others need an agent on the container instance",
      },
      beside: { sidecars: { router: { image: "fluent-bit", firelens: { type: "fluentbit" } } } },
    },
    "secrets.A": {
      members: [],
      documented: {
        enum: [
          arn("secretsmanager", "secret:auth-AbCdEf"),
          arn("secretsmanager", "secret:auth-AbCdEf:key::"),
          arn("ssm", "parameter/licence"),
          "/l",
          "/engines/licence.v1_a-b",
        ],
        source: "Amazon ECS API Reference, Secret: an ARN, or the name of a parameter of the same region",
      },
      stricter: { refused: ["licence"], because: "a word without / could be the secret itself" },
      example: "/l",
      values: ["licence", "a b", "", arn("s3", "bucket"), "é", "arn:aws:ssm"],
      beside: { secrets: {} },
    },
    securityGroupIds: {
      members: [
        "scheduler:CreateSchedule.Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.SecurityGroups",
      ],
      item: securityGroup,
      wider: { values: [[]], because: "the task has its own security group" },
      stricter: { max: 4, because: "the task has one of its own" },
    },
    subnetIds: {
      members: [
        "scheduler:CreateSchedule.Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.Subnets",
      ],
      item: subnet,
    },
    "egress.*.description": {
      members: [],
      documented: {
        pattern: "[A-Za-z0-9 ._:/()#,@\\[\\]+=&;{}!$*-]*",
        max: 255,
        source: "Amazon EC2 API Reference, IpRange",
      },
      stricter: { min: 1, because: "an empty description says nothing" },
      beside: { egress: { a: { port: 443, cidrIpv4: "10.0.0.0/8" } } },
    },
    "policies{key}": {
      members: ["iam:PutRolePolicy.PolicyName"],
      beside: { policies: { a: policyDocument } },
    },
    ...logRetention("logRetentionDays"),
    ...kmsKeyArn,
    ...roles,
    ...tags("ecs", "iam", "logs"),
  },
  workflow: {
    name: {
      members: ["stepfunctions:CreateStateMachine.name"],
      documented: {
        pattern: nameCharacters,
        source: "AWS Step Functions API Reference, CreateStateMachine, for CloudWatch",
      },
      stricter: { max: 28, because: "rules and roles are named after it and an event" },
    },
    maxAttempts: {
      members: [],
      documented: { min: 0, max: 99999999, ...whole, source: "Amazon States Language, Retrier" },
      stricter: { min: 1, max: 100, because: "a workflow always retries, and not for years" },
    },
    retryIntervalSeconds: {
      members: [],
      documented: { min: 1, max: 99999999, ...whole, source: "Amazon States Language, Retrier" },
      stricter: { max: 300, because: "the interval doubles with each attempt" },
    },
    ...logRetention("logRetentionDays"),
    ...kmsKeyArn,
    ...alarmActions,
    ...roles,
    ...tags("stepfunctions", "iam", "logs", "cloudwatch"),
  },
};
