import { Token } from "cdktf";
import type { Construct } from "constructs";
import { Cluster } from "../cluster";
import { checkCommonInputs } from "../core/common-inputs";
import { sortedEntries } from "../core/maps";
import { mergedPolicy } from "../core/policy";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkGivenExactlyWhenNotMade, checkMatches } from "../core/validation";
import type { EventRule } from "../event-rule";
import { FileSystem } from "../file-system";
import { Launcher, type LauncherEvent } from "../launcher";
import type { LaunchRoute } from "../launcher/route";
import { LoadBalancer } from "../load-balancer";
import { Monitoring } from "../monitoring";
import { Network } from "../network";
import { Registrar, type StopEvent } from "../registrar";
import { Schedule } from "../schedule";
import { Task } from "../task";
import type { Mount } from "../task/mount";
import { checkCapacities } from "./capacities";
import { checkMountTargets, existing, type LayoutNetwork } from "./existing-network";
import * as paths from "./paths";
import type { EventDrivenEcsProps, Service } from "./props";
import { checkSchedules, expandSchedules, type ScheduledInvocation } from "./scheduled-invocations";

export type {
  EventDrivenEcsProps,
  ExistingNetwork,
  LayoutSchedule,
  Service,
} from "./props";

/** Name of the access point that the services share. */
const sharedDirectory = "shared";

interface LayoutCluster {
  readonly name: string;
  readonly arn: string;
  /** Log group of ECS Exec sessions. Only of a created cluster. */
  readonly execLogGroupName?: string;
}

/**
 * The unified layout: a network and an ECS cluster (created or existing), a task for each service, and the launcher that
 * starts the task of the service that an event names, exactly once. Services with a `path` get one load balancer, and the
 * registrar that keeps its targets in sync with the running tasks. Services with a `mountPath` get a shared file system.
 * No task runs until an event. Without events you pay for the load balancer and the NAT gateway; `network.nat = "none"`
 * with interface endpoints, or an existing network, needs no NAT gateway. Twin of the module `event-driven-ecs`.
 *
 * @example
 * import { EventDrivenEcs } from "cdktf-event-driven-ecs/event-driven-ecs";
 *
 * const engines = new EventDrivenEcs(this, "engines", {
 *   name: "engines",
 *   network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
 *   services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2", port: 8080 } },
 *   events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
 * });
 * engines.onEvent("nightly", { scheduleExpression: "cron(0 3 * * ? *)", service: "auth" });
 *
 * @throws ValidationError when AWS would refuse a value; the message has the found and the allowed values.
 */
export class EventDrivenEcs extends Twin {
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** ARN of the ECS cluster. */
  readonly clusterArn: string;
  /** ID of the VPC. */
  readonly vpcId: string;
  /** IDs of the subnets that tasks start in. */
  readonly subnetIds: readonly string[];
  /** ARN of the load balancer. Not set unless a service has a `path`. */
  readonly loadBalancerArn: string | undefined;
  /** DNS name of the load balancer. Not set unless a service has a `path`. */
  readonly loadBalancerDnsName: string | undefined;
  /**
   * ID of the Route 53 hosted zone of the load balancer's DNS name, for an alias record. Not set unless a service has a
   * `path` and the load balancer is created.
   */
  readonly loadBalancerZoneId: string | undefined;
  /** ID of the created file system. Not set unless a service has a `mountPath` and `createFileSystem` is true. */
  readonly fileSystemId: string | undefined;
  /** Name of the Lambda function `start-task`. */
  readonly functionName: string;
  /** ARN of the Lambda function `start-task`. */
  readonly functionArn: string;
  /**
   * Name of the Lambda function `register-targets`. Not set unless a service has a `path`, or stop events or schedules
   * stop tasks.
   */
  readonly registrarFunctionName: string | undefined;
  /**
   * URL of the dead-letter queue (DLQ) of the registrar: it holds each event that the registrar could not handle, with
   * the reason. Not set unless there is a registrar.
   */
  readonly registrarDeadLetterQueueUrl: string | undefined;
  /** Name of the log group that holds each end of a task. Not set if `createRunHistory` is false. */
  readonly runHistoryLogGroupName: string | undefined;
  /**
   * URL of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed
   * and is not retried, with the reason.
   */
  readonly deadLetterQueueUrl: string;
  /**
   * ARN of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed
   * and is not retried, with the reason.
   */
  readonly deadLetterQueueArn: string;
  /** Name of the bucket that holds launch records and the payloads that are too long for RunTask. */
  readonly payloadBucketName: string;
  /** Launch route of each service, by the service's name. */
  readonly routes: Readonly<Record<string, LaunchRoute>>;
  /**
   * JSON text of the policy that the execution role of each service has, or needs when it is `existingExecutionRole`, by
   * the service's name.
   */
  readonly executionPolicyJson: Readonly<Record<string, string>>;
  /**
   * JSON text of a policy with everything that the task role of each service has, or needs when it is `existingTaskRole`,
   * by the service's name: `policies`, `grants`, the shared file system, ECS Exec, and payloads that are too long for
   * RunTask; without Sids.
   */
  readonly taskPolicyJson: Readonly<Record<string, string>>;
  /** ARN of the EventBridge rule of each event in `events`, by the event's name. */
  readonly eventRuleArns: Readonly<Record<string, string>>;

  private readonly props: EventDrivenEcsProps;
  private readonly launcher: Launcher;

  constructor(scope: Construct, id: string, given: EventDrivenEcsProps) {
    super(scope, id);
    const props = typed(this, "event-driven-ecs", withoutNulls(given));
    checkCommonInputs(this, "event-driven-ecs", props);
    this.props = props;
    this.checkNames();
    this.useNames(props.names);
    const network = this.network();
    const cluster = this.cluster();
    const services = sortedEntries(props.services);

    const fileSystem = this.fileSystem(network);
    const tasks = services.map(([service, settings]) => {
      const task = this.task(service, settings, { network, cluster, fileSystem });
      return { service, settings, task };
    });
    const loadBalancer = this.loadBalancer(network);
    const routes: Record<string, LaunchRoute> = {};
    for (const { service, settings, task } of tasks) {
      const { path, healthCheck, stickinessSeconds, deregistrationDelaySeconds, priority } = settings;
      routes[service] = {
        ...task.route,
        ...(path !== undefined &&
          loadBalancer!.route(path, task, {
            name: service,
            healthCheck,
            stickinessSeconds,
            deregistrationDelaySeconds,
            priority,
          })),
      };
    }

    const shared = this.shared();
    this.launcher = this.twinModule(
      "module.launcher",
      new Launcher(this, this.nested("launcher", paths.launcher), {
        ...shared,
        names: this.namesIn("module.launcher"),
        routes,
        events: props.events,
        buffer: props.buffer,
        deduplicationWindowHours: props.deduplicationWindowHours,
        createRunHistory: props.createRunHistory,
        createRunHistoryPolicy: props.createRunHistoryPolicy,
        architecture: props.functionArchitecture,
        runtime: props.functionRuntime,
      }),
    );
    const registrar = this.registrar(routes, loadBalancer !== undefined);
    for (const [name, invocation] of expandSchedules(props.schedules))
      this.schedule(name, invocation, registrar);
    if (props.createMonitoring ?? true) this.monitoring(registrar, loadBalancer);

    this.refuseUnknownNames();
    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.vpcId = network.vpcId;
    this.subnetIds = network.subnetIds;
    this.loadBalancerArn = loadBalancer?.arn;
    this.loadBalancerDnsName = loadBalancer?.dnsName;
    this.loadBalancerZoneId = loadBalancer?.zoneId;
    this.fileSystemId = fileSystem?.fileSystemId;
    this.functionName = this.launcher.functionName;
    this.functionArn = this.launcher.functionArn;
    this.registrarFunctionName = registrar?.functionName;
    this.registrarDeadLetterQueueUrl = registrar?.deadLetterQueueUrl;
    this.runHistoryLogGroupName = this.launcher.runHistoryLogGroupName;
    this.deadLetterQueueUrl = this.launcher.deadLetterQueueUrl;
    this.deadLetterQueueArn = this.launcher.deadLetterQueueArn;
    this.payloadBucketName = this.launcher.payloadBucketName;
    this.routes = routes;
    const byService = (value: (task: Task) => string): Record<string, string> =>
      Object.fromEntries(tasks.map(({ service, task }) => [service, value(task)]));
    this.executionPolicyJson = byService((task) => task.executionPolicyJson);
    this.taskPolicyJson = byService((task) =>
      Token.asString(mergedPolicy([task.taskPolicyJson, this.launcher.readPayloadPolicyJson])),
    );
    this.eventRuleArns = this.launcher.eventRuleArns;
  }

  /**
   * Starts a task for each event that the rule matches; see {@link Launcher.onEvent}.
   *
   * @param name Name of the event, unique in this layout: 1 to 35 letters, digits, hyphens and underscores.
   * @param event The pattern, preset or schedule of the rule.
   * @returns the EventBridge rule.
   */
  onEvent(name: string, event: LauncherEvent): EventRule {
    return this.launcher.onEvent(name, event);
  }

  private checkNames(): void {
    const { name, services, schedules } = this.props;
    checkMatches(
      this,
      "name",
      name,
      /^[a-z]([a-z0-9-]{0,26}[a-z0-9])?$/,
      "a name has 1 to 28 lower-case letters, digits and hyphens, starts with a letter and does not end with a hyphen.",
    );
    for (const service of Object.keys(services)) {
      check(
        this,
        /^[a-z][a-z0-9-]{0,24}$/.test(service),
        `services names "${service}"; a service's name has 1 to 25 lower-case letters, digits and hyphens and starts with a letter.`,
      );
    }
    checkSchedules(this, schedules, Object.keys(services));
  }

  /** Props that several blocks get. */
  private shared() {
    const { name, logRetentionDays, kmsKeyArn, alarmActions, roles, tags } = this.props;
    return { name, logRetentionDays, kmsKeyArn, alarmActions, roles, tags };
  }

  private network(): LayoutNetwork {
    const { createNetwork: create = true, existingNetwork, network: settings, ...props } = this.props;
    checkGivenExactlyWhenNotMade(this, "Network", create, existingNetwork);
    if (!create) return existing(this, existingNetwork!);
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
    return {
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      subnets: network.privateSubnets,
      publicSubnetIds: network.publicSubnetIds,
      assignPublicIp: false,
    };
  }

  private cluster(): LayoutCluster {
    const { createCluster: create = true, existingCluster } = this.props;
    checkGivenExactlyWhenNotMade(this, "Cluster", create, existingCluster);
    checkCapacities(this, this.props);
    if (!create) return existingCluster!;
    const { name, capacityProviders, logRetentionDays, kmsKeyArn, tags } = this.props;
    const cluster = this.twinModule(
      'module.cluster["this"]',
      new Cluster(this, "cluster", {
        name,
        capacityProviders,
        names: this.namesIn('module.cluster["this"]'),
        logRetentionDays,
        kmsKeyArn,
        tags,
      }),
    );
    return { name: cluster.clusterName, arn: cluster.clusterArn, execLogGroupName: cluster.execLogGroupName };
  }

  private fileSystem({ vpcId, subnets }: LayoutNetwork): FileSystem | undefined {
    const { createFileSystem: create = true, existingFileSystem, services } = this.props;
    if (Object.values(services).every(({ mountPath }) => mountPath === undefined)) return undefined;
    checkGivenExactlyWhenNotMade(this, "FileSystem", create, existingFileSystem);
    if (!create) return undefined;
    checkMountTargets(this, this.props);
    const { uid, gid, ...settings } = this.props.fileSystem ?? {};
    const { name, kmsKeyArn, tags } = this.props;
    return this.twinModule(
      'module.file_system["this"]',
      new FileSystem(this, this.nested("file-system", paths.fileSystem), {
        ...settings,
        name,
        names: this.namesIn('module.file_system["this"]'),
        vpcId,
        subnetIds: subnets,
        accessPoints: { [sharedDirectory]: { uid, gid } },
        kmsKeyArn,
        tags,
      }),
    );
  }

  private task(
    service: string,
    {
      path,
      healthCheck,
      stickinessSeconds,
      deregistrationDelaySeconds,
      priority,
      mountPath,
      ...settings
    }: Service,
    around: { network: LayoutNetwork; cluster: LayoutCluster; fileSystem: FileSystem | undefined },
  ): Task {
    const { network, cluster, fileSystem } = around;
    const { existingExecutionRole, existingTaskRole, existingLogGroup } = settings;
    const createsRole =
      !existingExecutionRole ||
      !existingTaskRole ||
      (settings.ebsVolume && !settings.existingInfrastructureRole);
    const { name, logRetentionDays, kmsKeyArn, roles, tags } = this.props;
    const mount = (containerPath: string): Mount =>
      fileSystem?.mount(sharedDirectory, containerPath) ?? {
        ...this.props.existingFileSystem!,
        containerPath,
      };
    const task = this.twinModule(
      `module.task["${service}"]`,
      new Task(this, this.nested(`task-${service}`, paths.task(service, this.props)), {
        ...settings,
        mounts: mountPath === undefined ? undefined : { [sharedDirectory]: mount(mountPath) },
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        assignPublicIp: network.assignPublicIp,
        name: `${name}-${service}`,
        names: this.namesIn(`module.task["${service}"]`),
        clusterArn: cluster.arn,
        executeCommandLogGroupName: cluster.execLogGroupName,
        executeCommandKmsKeyArn: cluster.execLogGroupName === undefined ? undefined : kmsKeyArn,
        // These are for what is created: a task refuses them beside what exists.
        logRetentionDays: existingLogGroup ? undefined : logRetentionDays,
        kmsKeyArn: existingLogGroup ? undefined : kmsKeyArn,
        roles: createsRole ? roles : undefined,
        tags,
      }),
    );
    if (mountPath !== undefined) fileSystem?.letIn(service, task.securityGroupId);
    return task;
  }

  private loadBalancer(network: LayoutNetwork): LoadBalancer | undefined {
    const { name, services, loadBalancer: settings = {}, tags } = this.props;
    if (Object.values(services).every(({ path }) => path === undefined)) return undefined;
    return this.twinModule(
      'module.load_balancer["this"]',
      new LoadBalancer(this, this.nested("load-balancer", paths.loadBalancer(this.props)), {
        ...settings,
        name,
        names: this.namesIn('module.load_balancer["this"]'),
        vpcId: network.vpcId,
        subnetIds: settings.subnetIds ?? (settings.internal ? network.subnetIds : network.publicSubnetIds),
        ingress: settings.ingress ?? {},
        tags,
      }),
    );
  }

  private registrar(
    routes: Readonly<Record<string, LaunchRoute>>,
    hasTargets: boolean,
  ): Registrar | undefined {
    const { stopEvents = {}, schedules = {}, functionArchitecture, functionRuntime } = this.props;
    const stops: readonly (StopEvent | string)[] = [
      ...Object.values(stopEvents),
      ...Object.values(schedules).flatMap(({ stop = [] }) => stop),
    ];
    if (!hasTargets && stops.length === 0) return undefined;
    return this.twinModule(
      'module.registrar["this"]',
      new Registrar(this, this.nested("registrar", paths.registrar), {
        ...this.shared(),
        names: this.namesIn('module.registrar["this"]'),
        routes,
        stopEvents,
        architecture: functionArchitecture,
        runtime: functionRuntime,
      }),
    );
  }

  private monitoring(registrar: Registrar | undefined, loadBalancer: LoadBalancer | undefined): void {
    const { name, services, alarmActions, tags } = this.props;
    const functions = { "start-task": this.launcher, ...(registrar && { "register-targets": registrar }) };
    this.twinModule(
      'module.monitoring["this"]',
      new Monitoring(this, "monitoring", {
        name,
        dashboardName: `${name}${this.props.roles?.nameSuffix ?? ""}`,
        names: this.namesIn('module.monitoring["this"]'),
        services: Object.keys(services),
        functions,
        deadLetterQueueNames: Object.values(functions).map(({ deadLetterQueueName }) => deadLetterQueueName),
        targetGroups: loadBalancer?.targetGroupArnSuffixes,
        loadBalancerArnSuffix: loadBalancer?.arnSuffix,
        alarmActions,
        tags,
      }),
    );
  }

  private schedule(
    name: string,
    { schedule, input, stops, ...when }: ScheduledInvocation,
    registrar: Registrar | undefined,
  ): void {
    const { kmsKeyArn, alarmActions, roles, tags } = this.props;
    this.twinModule(
      `module.schedule["${name}"]`,
      new Schedule(this, this.nested(`schedule-${name}`, paths.schedule(schedule)), {
        ...when,
        name: `${this.props.name}-${name}`,
        names: this.namesIn(`module.schedule["${name}"]`),
        functionArn: stops ? registrar!.functionArn : this.launcher.functionArn,
        input,
        kmsKeyArn,
        alarmActions,
        roles,
        tags,
      }),
    );
  }
}
