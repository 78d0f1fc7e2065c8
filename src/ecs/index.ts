import { Token } from "cdktf";
import type { Construct } from "constructs";
import { Cluster } from "../cluster";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { mergedPolicy } from "../core/policy";
import { withoutNulls } from "../core/props";
import { withTags } from "../core/tags";
import { type Names, Twin } from "../core/twin";
import { typed } from "../core/typed";
import { isToken } from "../core/validation";
import { EcsService } from "../ecs-service";
import { FileSystem } from "../file-system";
import type { LaunchRoute } from "../launcher/route";
import { type EgressRule, Task } from "../task";
import { checkEcs } from "./checks";
import * as paths from "./paths";
import type { EcsProps } from "./props";

export type { EcsHealthCheck, EcsProps } from "./props";

/** Name of the access point of the tasks. */
const accessPoint = "tasks";

const httpsAndDns: Readonly<Record<string, EgressRule>> = {
  https: { port: 443, cidrIpv4: "0.0.0.0/0" },
  dns: { port: 53, protocol: "udp", cidrIpv4: "0.0.0.0/0" },
  "dns-tcp": { port: 53, cidrIpv4: "0.0.0.0/0" },
};

/**
 * A container on Fargate with everything around it: a cluster, a task definition, an ECS service whose number of tasks
 * follows the utilization of CPU and memory, and an optional EFS file system. Its roles are given and not changed. Twin of
 * the module `ecs`.
 *
 * @example
 * import { Ecs } from "cdktf-event-driven-ecs/ecs";
 *
 * new Ecs(this, "bottles", {
 *   projectName: "bottles",
 *   awsRegion: "eu-west-1",
 *   awsAccountId: "123456789012",
 *   vpcId: "vpc-0a1b2c3d4e5f60718",
 *   privateSubnetIds: ["subnet-0a1b2c3d4e5f60718"],
 *   securityGroupIds: [],
 *   taskExecutionRoleArn: "arn:aws:iam::123456789012:role/bottles-execution",
 *   taskRoleArn: "arn:aws:iam::123456789012:role/bottles-task",
 *   containerImage: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/bottles:1.0.0",
 *   enableEfsStorage: false,
 * });
 *
 * @throws ValidationError when AWS would refuse a value, or two values contradict each other.
 */
export class Ecs extends Twin {
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** ARN of the ECS cluster. */
  readonly clusterArn: string;
  /** ID of the ECS cluster: its ARN, as Terraform has it. */
  readonly clusterId: string;
  /** Name of the ECS service. */
  readonly serviceName: string;
  /** ARN of the ECS service. */
  readonly serviceArn: string;
  /** ID of the ECS service: its ARN, as Terraform has it. */
  readonly serviceId: string;
  /** ARN of the newest revision of the task definition. */
  readonly taskDefinitionArn: string;
  /** Family of the task definition. A launch that names no revision uses the newest. */
  readonly taskDefinitionFamily: string;
  /** Newest revision of the task definition. */
  readonly taskDefinitionRevision: number;
  /** ID of the EFS file system. Not set unless `enableEfsStorage` is true. */
  readonly efsFileSystemId: string | undefined;
  /** ARN of the EFS file system. Not set unless `enableEfsStorage` is true. */
  readonly efsFileSystemArn: string | undefined;
  /** ID of the access point of the tasks. Not set unless `enableEfsStorage` is true. */
  readonly efsAccessPointId: string | undefined;
  /** ARN of the access point of the tasks. Not set unless `enableEfsStorage` is true. */
  readonly efsAccessPointArn: string | undefined;
  /** Name of the log group of the tasks. */
  readonly logGroupName: string;
  /** ARN of the log group of the tasks. */
  readonly logGroupArn: string;
  /**
   * ARN of the scalable target, with which Application Auto Scaling sets the number of tasks. Not set unless
   * `enableAutoScaling` is true.
   */
  readonly autoScalingTargetArn: string | undefined;
  /** ID of the security group of the tasks that is created. The tasks have it beside `securityGroupIds`. */
  readonly securityGroupId: string;
  /** ID of the security group of the mount targets. Not set unless `enableEfsStorage` is true. */
  readonly efsSecurityGroupId: string | undefined;
  /** Names of the alarms that scale. */
  readonly alarmNames: readonly string[];
  /**
   * JSON text of the policy that the task role needs: the file system, ECS Exec, and with `enableAutoScaling` the
   * protection of a task that works. What your program does, such as writing to a bucket, is not in it. Null when the task
   * needs no permission.
   */
  readonly requiredTaskPolicy: string;
  /**
   * JSON text of the policy that the execution role needs: to pull the image, to read the secrets and to write the log.
   */
  readonly requiredExecutionPolicy: string;
  /**
   * Launch route of the task, for a launcher that starts it without the ECS service: an element of its input `routes`.
   */
  readonly route: LaunchRoute;

  private readonly props: EcsProps;

  constructor(scope: Construct, id: string, given: EcsProps) {
    super(scope, id);
    const props = typed(this, "ecs", withoutNulls(given));
    checkCommonInputs(this, "ecs", props);
    checkEcs(this, props);
    this.useNames(props.names);
    this.props = { ...props, tags: withTags({ Environment: props.environment ?? "prod" }, props.tags) };

    const cluster = this.cluster();
    const fileSystem = (props.enableEfsStorage ?? true) ? this.fileSystem() : undefined;
    const task = this.task(cluster, fileSystem);
    fileSystem?.grantMount(task, [accessPoint], { name: accessPoint });
    const service = this.service(task);

    this.refuseUnknownNames();
    this.clusterName = cluster.clusterName;
    this.clusterArn = cluster.clusterArn;
    this.clusterId = cluster.clusterArn;
    this.serviceName = service.serviceName;
    this.serviceArn = service.serviceArn;
    this.serviceId = service.serviceArn;
    this.taskDefinitionArn = task.taskDefinitionArn;
    this.taskDefinitionFamily = task.family;
    this.taskDefinitionRevision = task.taskDefinitionRevision;
    this.efsFileSystemId = fileSystem?.fileSystemId;
    this.efsFileSystemArn = fileSystem?.fileSystemArn;
    this.efsAccessPointId = fileSystem?.accessPointIds[accessPoint];
    this.efsAccessPointArn = fileSystem?.accessPointArns[accessPoint];
    this.logGroupName = task.logGroupName;
    this.logGroupArn = task.logGroupArn;
    this.securityGroupId = task.securityGroupId;
    this.efsSecurityGroupId = fileSystem?.securityGroupId;
    this.alarmNames = service.alarmNames;
    const scales = props.enableAutoScaling ?? true;
    this.autoScalingTargetArn = scales ? service.scalableTargetArn : undefined;
    this.requiredTaskPolicy = Token.asString(
      mergedPolicy([task.taskPolicyJson, ...(scales ? [service.taskProtectionPolicyJson] : [])]),
    );
    this.requiredExecutionPolicy = task.executionPolicyJson;
    this.route = task.route;
  }

  private cluster(): Cluster {
    const { projectName, clusterName = projectName, logRetentionDays = 30, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      "module.cluster",
      new Cluster(this, "cluster", {
        name: clusterName,
        names: this.namesIn("module.cluster"),
        logRetentionDays,
        kmsKeyArn,
        tags,
      }),
    );
  }

  /** The policy of the file system allows the task role, so that a role of others needs no statement of its own. */
  private fileSystem(): FileSystem {
    const { props } = this;
    const { efsThroughputMode: throughputMode = "bursting", efsProvisionedThroughput = 100 } = props;
    return this.twinModule(
      'module.file_system["this"]',
      new FileSystem(this, this.nested("file-system", paths.fileSystem), {
        name: props.projectName,
        names: this.namesIn('module.file_system["this"]'),
        vpcId: props.vpcId,
        subnetIds:
          props.efsSubnetIds ??
          Object.fromEntries(props.privateSubnetIds.map((subnetId, index) => [String(index), subnetId])),
        accessPoints: { [accessPoint]: props.efsAccessPoint ?? {} },
        backup: props.enableEfsBackup,
        throughputMode,
        provisionedThroughputMibps: throughputMode === "provisioned" ? efsProvisionedThroughput : undefined,
        performanceMode: props.efsPerformanceMode,
        kmsKeyArn: props.efsKmsKeyArn,
        tags: props.tags,
      }),
    );
  }

  private task(cluster: Cluster, fileSystem: FileSystem | undefined): Task {
    const { props } = this;
    const { readonlyRootFilesystem = false, containerHealthCheck, efsMountPath = "/mnt/efs" } = props;
    return this.twinModule(
      "module.task",
      new Task(this, this.nested("task", paths.task), {
        name: props.projectName,
        names: this.taskNames(),
        clusterArn: cluster.clusterArn,
        vpcId: props.vpcId,
        subnetIds: props.privateSubnetIds,
        image: props.containerImage,
        cpu: props.taskCpu ?? 2048,
        memory: props.taskMemory ?? 8192,
        port: props.containerPort ?? 8080,
        command: props.command,
        entryPoint: props.entryPoint,
        environment: this.environment(fileSystem && efsMountPath),
        plainEnvironmentNames: props.plainEnvironmentNames,
        secrets: props.secrets,
        secretsKmsKeyArns: props.secretsKmsKeyArns,
        stopTimeoutSeconds: props.stopTimeoutSeconds,
        initProcess: props.initProcess ?? false,
        runAsImageUser: props.user === undefined,
        user: props.user,
        readonlyRootFilesystem,
        createScratchVolume: readonlyRootFilesystem,
        scratchPath: props.scratchPath,
        enableExecuteCommand: props.enableExecuteCommand,
        executeCommandLogGroupName: cluster.execLogGroupName,
        executeCommandKmsKeyArn: props.kmsKeyArn,
        ephemeralStorageGib: props.ephemeralStorageGib,
        architecture: props.architecture,
        egress: props.egress ?? httpsAndDns,
        securityGroupIds: props.securityGroupIds,
        capacity: props.capacity,
        logRetentionDays: props.logRetentionDays ?? 30,
        kmsKeyArn: props.kmsKeyArn,
        existingExecutionRole: { arn: props.taskExecutionRoleArn },
        existingTaskRole: { arn: props.taskRoleArn },
        // ECS knows a grace period for a container, too, under another name and up to five minutes.
        containerHealthCheck: containerHealthCheck && {
          ...containerHealthCheck,
          startPeriodSeconds: props.healthCheckGracePeriod ?? 300,
        },
        mounts: fileSystem && { efs: fileSystem.mount(accessPoint, efsMountPath) },
        tags: props.tags,
      }),
    );
  }

  private service(task: Task): EcsService {
    const { props } = this;
    const { minCapacity = 0, maxCapacity = 10, targetGroup } = props;
    const scales = props.enableAutoScaling ?? true;
    return this.twinModule(
      "module.service",
      new EcsService(this, this.nested("service", paths.service), {
        name: props.projectName,
        names: this.namesIn("module.service"),
        route: {
          ...task.route,
          ...(targetGroup && { targetGroupArn: targetGroup.arn, targetType: "ip" as const }),
        },
        taskDefinitionArn: task.taskDefinitionArn,
        desiredCount: scales ? undefined : (props.desiredCount ?? minCapacity),
        healthCheckGracePeriodSeconds: targetGroup && (props.healthCheckGracePeriod ?? 300),
        scaling: scales
          ? {
              min: minCapacity,
              max: maxCapacity,
              scaleOutCooldownSeconds: props.scaleOutCooldown ?? 300,
              scaleInCooldownSeconds: props.scaleInCooldown ?? 600,
              stepScaling: {
                cpuPercent: props.targetCpuUtilization ?? 70,
                memoryPercent: props.targetMemoryUtilization ?? 80,
                outPeriods: 2,
                inPeriods: 5,
                customMetric: props.customMetric,
              },
            }
          : undefined,
        tags: props.tags,
      }),
    );
  }

  /** What the container gets by itself, unless a variable or a secret of the same name is given, and the variables. */
  private environment(mountPath: string | undefined): Readonly<Record<string, string>> {
    const { awsRegion, logLevel = "INFO", environmentVariables = {}, secrets = {} } = this.props;
    const own: Readonly<Record<string, string>> = {
      AWS_REGION: awsRegion,
      LOG_LEVEL: logLevel,
      ...(mountPath !== undefined && { EFS_MOUNT_PATH: mountPath }),
    };
    if (isToken(secrets) || isToken(environmentVariables))
      return Token.asStringMap(
        expression`merge({ for name, value in ${own} : name => value if !contains(keys(${secrets}), name) }, ${environmentVariables})`,
      );
    return {
      ...Object.fromEntries(Object.entries(own).filter(([name]) => !(name in secrets))),
      ...environmentVariables,
    };
  }

  private taskNames(): Names {
    const given = this.namesIn("module.task");
    const address = "aws_cloudwatch_log_group.this";
    return address in given
      ? given
      : { [`${address}["this"]`]: `/aws/ecs/${this.props.projectName}`, ...given };
  }
}
