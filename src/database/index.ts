import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { DataAwsSecretsmanagerSecretVersion } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret-version";
import { DbInstance, type DbInstanceConfig } from "@cdktf/provider-aws/lib/db-instance";
import { DbParameterGroup } from "@cdktf/provider-aws/lib/db-parameter-group";
import { DbProxy } from "@cdktf/provider-aws/lib/db-proxy";
import { DbProxyDefaultTargetGroup } from "@cdktf/provider-aws/lib/db-proxy-default-target-group";
import { DbProxyTarget } from "@cdktf/provider-aws/lib/db-proxy-target";
import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy, trust } from "../core/policy";
import { withoutNulls } from "../core/props";
import { roleWith } from "../core/roles";
import { withTags } from "../core/tags";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { type DatabaseAlarm, databaseAlarms, replicaLag } from "./alarms";
import { checkDatabase } from "./checks";
import type { DatabaseProps } from "./props";

export type { DatabaseParameter, DatabaseProps, MasterSecret, ReadReplica } from "./props";

/** PostgreSQL sends these logs to CloudWatch Logs. */
const logs = ["postgresql", "upgrade"];

/** A proxy of PostgreSQL has this port, whatever the port of the database is. */
const PROXY_PORT = 5432;

/**
 * An RDS database with PostgreSQL: private, encrypted, TLS only, with backups and alarms. RDS makes the password of the
 * master user and keeps it in Secrets Manager. Twin of the module `database`.
 *
 * @example
 * import { Database } from "cdktf-event-driven-ecs/database";
 * import type { Task } from "cdktf-event-driven-ecs/task";
 *
 * declare const worker: Task;
 * const database = new Database(this, "database", {
 *   name: "scanner",
 *   vpcId: "vpc-0a1b2c3d4e5f60718",
 *   subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
 *   databaseName: "scanner",
 * });
 * database.allowFrom("worker", worker.securityGroupId);
 * worker.grantSecret(database.secretArn, { key: "database" });
 *
 * @throws ValidationError when a value is one that RDS refuses, or two values contradict each other.
 */
export class Database extends Twin {
  /** Identifier of the DB instance. */
  readonly instanceId: string;
  /** ARN of the DB instance. */
  readonly instanceArn: string;
  /** Resource ID of the DB instance, such as `db-ABCDEFGHIJKLMNOPQRSTUVWXYZ`, which the ARN of `rds-db:connect` has. */
  readonly resourceId: string;
  /** Host name of the database, without the port. */
  readonly address: string;
  /** Port of the database. */
  readonly port: number;
  /** Name of the database: `databaseName`, or `postgres` without it. */
  readonly databaseName: string;
  /** Name of the master user. */
  readonly masterUsername: string;
  /**
   * ARN of the secret with the user name and password of the master user, as JSON with `username` and `password`.
   */
  readonly secretArn: string;
  /**
   * JSON text of a policy that allows to read this secret, and to decrypt it if its key is a customer managed one.
   */
  readonly readSecretPolicyJson: string;
  /** ID of the security group of the database and its read replicas. */
  readonly securityGroupId: string;
  /** Host name of each read replica, without the port, by its key. */
  readonly replicaAddresses: Readonly<Record<string, string>>;
  /** Host name of the proxy, without the port, which is 5432. Undefined without `createProxy`. */
  readonly proxyAddress: string | undefined;
  /** ID of the security group of the proxy. Undefined without `createProxy`. */
  readonly proxySecurityGroupId: string | undefined;

  private readonly props: DatabaseProps;
  private readonly parameterGroup: DbParameterGroup;
  private readonly monitoringRoleArn: string | undefined;

  constructor(scope: Construct, id: string, given: DatabaseProps) {
    super(scope, id);
    const props = typed(this, "database", withoutNulls(given));
    checkCommonInputs(this, "database", props);
    checkDatabase(this, props);
    this.useNames(props.names);
    this.props = props;
    const { name, port = 5432 } = props;

    const securityGroup = this.securityGroup("aws_security_group.this", "security-group", {
      name: `database-${name}`,
      description: `Database ${name}`,
    });
    this.securityGroupId = securityGroup.id;
    this.parameterGroup = this.makeParameterGroup();
    this.monitoringRoleArn = this.monitoringRole();
    const instance = this.instance();
    this.instanceId = instance.identifier;
    this.instanceArn = instance.arn;
    this.resourceId = instance.resourceId;
    this.address = instance.address;
    this.port = instance.port;
    this.databaseName = props.databaseName ?? "postgres";
    this.masterUsername = props.masterUsername ?? "dbowner";

    const { existingMasterSecret } = props;
    this.secretArn =
      existingMasterSecret?.arn ??
      // A database that gets its secret by a change has none before it.
      Token.asString(expression`try(${instance.masterUserSecret.get(0).secretArn}, "")`);
    // RDS keeps its own secret under the key of the database.
    const keyArn = existingMasterSecret ? existingMasterSecret.kmsKeyArn : props.kmsKeyArn;
    const decrypt: PolicyStatement[] =
      keyArn === undefined ? [] : [{ Effect: "Allow", Action: "kms:Decrypt", Resource: keyArn }];
    this.readSecretPolicyJson = policy(
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: this.secretArn },
      ...decrypt,
    );

    this.replicaAddresses = Object.fromEntries(
      sortedEntries(props.readReplicas).map(([key]) => [key, this.readReplica(key, instance)]),
    );
    for (const [address, alarm] of Object.entries(databaseAlarms(props)))
      this.alarm(address, alarmName(name, address), alarm, instance.identifier);
    const proxy = props.createProxy ? this.proxy(instance, port) : undefined;
    this.proxyAddress = proxy?.endpoint;
    this.proxySecurityGroupId = proxy?.securityGroupId;
    for (const [key, securityGroupId] of sortedEntries(props.clientSecurityGroupIds))
      this.allowFrom(key, securityGroupId);
    this.refuseUnknownNames();
  }

  /**
   * Allows a security group to reach the database, and its proxy if there is one.
   *
   * @param key of your choice, unique among the clients of this database.
   * @param securityGroupId ID of the client's security group.
   */
  allowFrom(key: string, securityGroupId: string): void {
    const { port = 5432 } = this.props;
    this.ingress(`aws_vpc_security_group_ingress_rule.client["${key}"]`, `client-ingress-${key}`, {
      securityGroupId: this.securityGroupId,
      description: `PostgreSQL from ${key}`,
      port,
      from: securityGroupId,
    });
    if (this.proxySecurityGroupId === undefined) return;
    this.ingress(
      `aws_vpc_security_group_ingress_rule.proxy_client["${key}"]`,
      `proxy-client-ingress-${key}`,
      {
        securityGroupId: this.proxySecurityGroupId,
        description: `PostgreSQL from ${key}`,
        port: PROXY_PORT,
        from: securityGroupId,
      },
    );
  }

  private instance(): DbInstance {
    const { props } = this;
    const { name, finalSnapshot = true, existingMasterSecret, tags } = props;
    const identifier = this.named("aws_db_instance.this") ?? name;
    const subnetGroup = this.twin(
      "aws_db_subnet_group.this",
      new DbSubnetGroup(this, "subnet-group", {
        name: this.named("aws_db_subnet_group.this") ?? name,
        description: `Database ${name}`,
        subnetIds: [...props.subnetIds],
        tags,
      }),
    );
    const logGroups = logs.map((log) =>
      this.logGroup(
        `aws_cloudwatch_log_group.this["${log}"]`,
        `log-group-${log}`,
        `/aws/rds/instance/${identifier}/${log}`,
      ),
    );
    const secret =
      existingMasterSecret &&
      new DataAwsSecretsmanagerSecretVersion(this, "master-secret", { secretId: existingMasterSecret.arn });
    return this.twin(
      "aws_db_instance.this",
      new DbInstance(this, "instance", {
        ...this.common(),
        identifier,
        engine: "postgres",
        engineVersion: props.engineVersion ?? "17",
        instanceClass: props.instanceClass ?? "db.t3.micro",
        dbName: props.databaseName,
        username: props.masterUsername ?? "dbowner",
        password: secret && Fn.lookup(Fn.jsondecode(secret.secretString), "password"),
        manageMasterUserPassword: secret ? undefined : true,
        masterUserSecretKmsKeyId: secret ? undefined : props.kmsKeyArn,
        allocatedStorage: props.allocatedStorageGib ?? 20,
        kmsKeyId: props.kmsKeyArn,
        dbSubnetGroupName: subnetGroup.name,
        multiAz: props.multiAz ?? false,
        backupRetentionPeriod: props.backupRetentionDays ?? 7,
        backupWindow: props.backupWindow ?? "03:00-04:00",
        deleteAutomatedBackups: !finalSnapshot,
        skipFinalSnapshot: !finalSnapshot,
        finalSnapshotIdentifier: props.finalSnapshotIdentifier ?? `${name}-final`,
        // RDS would make the log groups itself, without retention.
        dependsOn: logGroups,
      }),
    );
  }

  /** What the database and its read replicas have in common. */
  private common() {
    const { props } = this;
    const { performanceInsights: insights = false } = props;
    return {
      autoMinorVersionUpgrade: props.autoMinorVersionUpgrade ?? true,
      allowMajorVersionUpgrade: props.allowMajorVersionUpgrade ?? false,
      applyImmediately: props.applyImmediately ?? false,
      iamDatabaseAuthenticationEnabled: props.iamAuthentication ?? true,
      storageType: "gp3",
      maxAllocatedStorage: props.maxAllocatedStorageGib ?? 0,
      storageEncrypted: true,
      port: props.port ?? 5432,
      publiclyAccessible: false,
      vpcSecurityGroupIds: [this.securityGroupId],
      parameterGroupName: this.parameterGroup.name,
      maintenanceWindow: props.maintenanceWindow ?? "sun:04:30-sun:05:30",
      copyTagsToSnapshot: true,
      deletionProtection: props.deletionProtection ?? true,
      enabledCloudwatchLogsExports: logs,
      performanceInsightsEnabled: insights,
      performanceInsightsRetentionPeriod: insights
        ? (props.performanceInsightsRetentionDays ?? 7)
        : undefined,
      performanceInsightsKmsKeyId: insights ? props.kmsKeyArn : undefined,
      monitoringInterval: props.monitoringIntervalSeconds ?? 0,
      monitoringRoleArn: this.monitoringRoleArn,
      tags: props.tags,
    } satisfies Partial<DbInstanceConfig>;
  }

  /** Another major version needs another family, which replaces the group while the database uses it. */
  private makeParameterGroup(): DbParameterGroup {
    const { name, parameters, engineVersion = "17", tags } = this.props;
    const given = this.named("aws_db_parameter_group.this");
    return this.twin(
      "aws_db_parameter_group.this",
      new DbParameterGroup(this, "parameter-group", {
        name: given,
        namePrefix: given === undefined ? `${name}-` : undefined,
        description: this.named("aws_db_parameter_group.this", "description") ?? `Database ${name}`,
        family: `postgres${engineVersion}`,
        parameter: [
          // RDS applies it at the first start. With "immediate" each plan would show a change, since RDS reports
          // "pending-reboot".
          { name: "rds.force_ssl", value: "1", applyMethod: "pending-reboot" },
          ...sortedEntries(parameters).map(([parameter, { value, applyMethod = "pending-reboot" }]) => ({
            name: parameter,
            value,
            applyMethod,
          })),
        ],
        tags,
        lifecycle: { createBeforeDestroy: true },
      }),
    );
  }

  /** ARN of the role of Enhanced Monitoring, if that is on. */
  private monitoringRole(): string | undefined {
    const { name, roles, readReplicas, monitoringIntervalSeconds = 0, tags } = this.props;
    if (monitoringIntervalSeconds === 0) return undefined;
    const instances = [
      this.named("aws_db_instance.this") ?? name,
      ...sortedEntries(readReplicas).map(
        ([key]) => this.named(`aws_db_instance.replica["${key}"]`) ?? `${name}-${key}`,
      ),
    ];
    const { accountId, partition, region } = accountOf(this);
    const address = 'aws_iam_role.monitoring["this"]';
    const role = this.twin(
      address,
      new IamRole(this, "monitoring-role", {
        ...roleWith(this, roles, `${name}-monitoring`, this.named(address)),
        description: `Enhanced Monitoring of the database ${name}.`,
        assumeRolePolicy: trust("monitoring.rds.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnEquals: {
            "aws:SourceArn": instances.map(
              (instance) => `arn:${partition}:rds:${region}:${accountId}:db:${instance}`,
            ),
          },
        }),
        tags,
      }),
    );
    this.twin(
      'aws_iam_role_policy_attachment.monitoring["this"]',
      new IamRolePolicyAttachment(this, "monitoring-policy", {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
      }),
    );
    return role.arn;
  }

  /** Makes a read replica and returns its host name. */
  private readReplica(key: string, source: DbInstance): string {
    const { props } = this;
    const { instanceClass = props.instanceClass ?? "db.t3.micro", multiAz = false } =
      props.readReplicas![key]!;
    const address = `aws_db_instance.replica["${key}"]`;
    const identifier = this.named(address) ?? `${props.name}-${key}`;
    const logGroups = logs.map((log) =>
      this.logGroup(
        `aws_cloudwatch_log_group.replica["${key}/${log}"]`,
        `replica-log-group-${key}-${log}`,
        `/aws/rds/instance/${identifier}/${log}`,
      ),
    );
    const replica = this.twin(
      address,
      new DbInstance(this, `replica-${key}`, {
        ...this.common(),
        identifier,
        replicateSourceDb: source.identifier,
        instanceClass,
        multiAz,
        skipFinalSnapshot: true,
        dependsOn: logGroups,
      }),
    );
    this.alarm(
      `aws_cloudwatch_metric_alarm.replica_lag["${key}"]`,
      `${props.name}-${key}-lag`,
      replicaLag(props, key),
      replica.identifier,
    );
    return replica.address;
  }

  private proxy(instance: DbInstance, port: number): { endpoint: string; securityGroupId: string } {
    const { name, roles, subnetIds, tags } = this.props;
    const address = 'aws_db_proxy.this["this"]';
    const proxyName = this.named(address) ?? name;
    const securityGroup = this.securityGroup('aws_security_group.proxy["this"]', "proxy-security-group", {
      name: `database-${name}-proxy`,
      description: `Proxy of database ${name}`,
    });
    const logGroup = this.logGroup(
      'aws_cloudwatch_log_group.proxy["this"]',
      "proxy-log-group",
      `/aws/rds/proxy/${proxyName}`,
    );
    const roleAddress = 'aws_iam_role.proxy["this"]';
    const role = this.twin(
      roleAddress,
      new IamRole(this, "proxy-role", {
        ...roleWith(this, roles, `${name}-proxy`, this.named(roleAddress)),
        description: `Proxy of the database ${name}.`,
        assumeRolePolicy: trust("rds.amazonaws.com"),
        tags,
      }),
    );
    const policyAddress = 'aws_iam_role_policy.proxy["this"]';
    const rolePolicy = this.twin(
      policyAddress,
      new IamRolePolicy(this, "proxy-policy", {
        name: this.named(policyAddress) ?? "read-secret",
        role: role.name,
        policy: this.readSecretPolicyJson,
      }),
    );
    const proxy = this.twin(
      address,
      new DbProxy(this, "proxy", {
        name: proxyName,
        engineFamily: "POSTGRESQL",
        requireTls: true,
        roleArn: role.arn,
        vpcSubnetIds: [...subnetIds],
        vpcSecurityGroupIds: [securityGroup.id],
        auth: [{ authScheme: "SECRETS", iamAuth: "DISABLED", secretArn: this.secretArn }],
        tags,
        // A proxy that cannot read the secret refuses its clients, and one without log group makes its own, without
        // retention.
        dependsOn: [rolePolicy, logGroup],
      }),
    );
    const targetGroup = this.twin(
      'aws_db_proxy_default_target_group.this["this"]',
      new DbProxyDefaultTargetGroup(this, "proxy-target-group", {
        dbProxyName: proxy.name,
        connectionPoolConfig: {
          connectionBorrowTimeout: 120,
          maxConnectionsPercent: 100,
          maxIdleConnectionsPercent: 50,
        },
      }),
    );
    this.twin(
      'aws_db_proxy_target.this["this"]',
      new DbProxyTarget(this, "proxy-target", {
        dbProxyName: proxy.name,
        targetGroupName: targetGroup.name,
        dbInstanceIdentifier: instance.identifier,
      }),
    );
    this.twin(
      'aws_vpc_security_group_egress_rule.proxy["this"]',
      new VpcSecurityGroupEgressRule(this, "proxy-egress", {
        securityGroupId: securityGroup.id,
        description: "PostgreSQL of the database",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId: this.securityGroupId,
        tags: tags ?? {},
      }),
    );
    this.ingress('aws_vpc_security_group_ingress_rule.proxy["this"]', "proxy-ingress", {
      securityGroupId: this.securityGroupId,
      description: "PostgreSQL from the proxy",
      port,
      from: securityGroup.id,
    });
    return { endpoint: proxy.endpoint, securityGroupId: securityGroup.id };
  }

  private securityGroup(
    address: string,
    id: string,
    own: { readonly name: string; readonly description: string },
  ): SecurityGroup {
    const { vpcId, tags } = this.props;
    return this.twin(
      address,
      new SecurityGroup(this, id, {
        name: this.named(address) ?? own.name,
        description: this.named(address, "description") ?? own.description,
        vpcId,
        tags: withTags({ Name: own.name }, tags),
      }),
    );
  }

  private ingress(
    address: string,
    id: string,
    rule: {
      readonly securityGroupId: string;
      readonly description: string;
      readonly port: number;
      readonly from: string;
    },
  ): void {
    this.twin(
      address,
      new VpcSecurityGroupIngressRule(this, id, {
        securityGroupId: rule.securityGroupId,
        description: rule.description,
        ipProtocol: "tcp",
        fromPort: rule.port,
        toPort: rule.port,
        referencedSecurityGroupId: rule.from,
        // Unlike others, this resource distinguishes no tags from an empty map, which the module passes.
        tags: this.props.tags ?? {},
      }),
    );
  }

  private logGroup(address: string, id: string, name: string): CloudwatchLogGroup {
    const { logRetentionDays = 365, kmsKeyArn, tags } = this.props;
    return this.twin(
      address,
      new CloudwatchLogGroup(this, id, {
        name: this.named(address) ?? name,
        retentionInDays: logRetentionDays,
        kmsKeyId: kmsKeyArn,
        tags,
      }),
    );
  }

  private alarm(address: string, name: string, alarm: DatabaseAlarm, instanceId: string): void {
    const { alarmActions = [], tags } = this.props;
    this.twin(
      address,
      new CloudwatchMetricAlarm(this, `alarm-${name.slice(this.props.name.length + 1)}`, {
        ...alarm,
        alarmName: this.named(address) ?? name,
        namespace: "AWS/RDS",
        dimensions: { DBInstanceIdentifier: instanceId },
        treatMissingData: "notBreaching",
        alarmActions: [...alarmActions],
        tags,
      }),
    );
  }
}

/** `<name>-cpu`, `<name>-free-storage`, `<name>-read-latency`. */
function alarmName(name: string, address: string): string {
  const [, kind, key] = /\.(\w+)(?:\["(\w+)"\])?$/.exec(address)!;
  return `${name}-${key === undefined ? "" : `${key}-`}${kind!.replaceAll("_", "-")}`;
}
