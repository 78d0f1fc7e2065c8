import type { Construct } from "constructs";
import { Cluster } from "./cluster";
import { sortedEntries } from "./core/maps";
import { Twin } from "./core/twin";
import { check, checkMatches } from "./core/validation";
import type { EventRule } from "./event-rule";
import { Launcher, type LauncherEvent } from "./launcher";
import type { LaunchRoute } from "./launcher/route";
import { Network, type NetworkProps } from "./network";
import { Task, type TaskProps } from "./task";

/** What an event can start: a task, apart from what the layout itself decides. */
export type Service = Pick<
  TaskProps,
  | "image"
  | "cpu"
  | "memory"
  | "port"
  | "command"
  | "entryPoint"
  | "environment"
  | "secrets"
  | "policies"
  | "user"
  | "readonlyRootFilesystem"
  | "architecture"
  | "ephemeralStorageGib"
  | "repositoryArn"
  | "allowOverrides"
>;

/** A network that is there already. */
export interface ExistingNetwork {
  readonly vpcId: string;
  /** Subnets that tasks start in. */
  readonly subnetIds: readonly string[];
  /**
   * Whether a task gets a public IP address; it needs one in a public subnet to reach anything outside.
   * @default false
   */
  readonly assignPublicIp?: boolean;
}

export interface EventDrivenEcsProps {
  /** Prefix of every name made here: 1 to 28 lower-case letters, digits and hyphens, starting with a letter. */
  readonly name: string;
  /**
   * Whether a network is made (`network`) or one is given (`existingNetwork`).
   * @default true
   */
  readonly createNetwork?: boolean;
  /** The network to make: two or more `availabilityZones` of the region, and what {@link Network} takes besides. */
  readonly network?: Pick<
    NetworkProps,
    | "cidrBlock"
    | "availabilityZones"
    | "publicSubnetCidrs"
    | "privateSubnetCidrs"
    | "nat"
    | "interfaceEndpoints"
  >;
  /** The network that tasks start in, when `createNetwork` is false. */
  readonly existingNetwork?: ExistingNetwork;
  /**
   * Whether an ECS cluster is made or one is given (`existingCluster`).
   * @default true
   */
  readonly createCluster?: boolean;
  /** The ECS cluster that tasks run on, when `createCluster` is false. */
  readonly existingCluster?: { readonly name: string; readonly arn: string };
  /** What an event can start, by name: 1 to 25 lower-case letters, digits and hyphens, starting with a letter. */
  readonly services: Readonly<Record<string, Service>>;
  /**
   * The events that start tasks, by name; {@link EventDrivenEcs.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * Processor the start-task function runs on; `arm64` costs less.
   * @default "arm64"
   */
  readonly functionArchitecture?: "arm64" | "x86_64";
  /**
   * How long logs are kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts logs, dead letters, payloads and the function's environment.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when an alarm rings, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The unified layout: a network and a cluster (made or given), a task for each service, and the launcher that
 * starts the task an event asks for, exactly once. Nothing runs, and nearly nothing costs, until something
 * happens: what is left is the NAT gateway, which `network.nat = "none"` with interface endpoints, or a network
 * given, does without. Twin of the module `event-driven-ecs`.
 *
 * @throws ValidationError when a value is one that AWS refuses; the message has the value found and those allowed.
 */
export class EventDrivenEcs extends Twin {
  readonly clusterName: string;
  readonly clusterArn: string;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly functionName: string;
  readonly functionArn: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueArn: string;
  readonly payloadBucketName: string;
  readonly routes: Readonly<Record<string, LaunchRoute>>;
  readonly eventRuleArns: Readonly<Record<string, string>>;

  private readonly launcher: Launcher;

  constructor(scope: Construct, id: string, props: EventDrivenEcsProps) {
    super(scope, id);
    checkMatches(
      this,
      "name",
      props.name,
      /^[a-z][a-z0-9-]{0,27}$/,
      "it has 1 to 28 lower-case letters, digits and hyphens and starts with a letter.",
    );
    const { name, logRetentionDays, kmsKeyArn, alarmActions, tags } = props;
    const network = this.network(props);
    const cluster = this.cluster(props);

    const routes: Record<string, LaunchRoute> = {};
    for (const [service, task] of sortedEntries(props.services)) {
      check(
        this,
        /^[a-z][a-z0-9-]{0,24}$/.test(service),
        `services names "${service}"; a service's name has 1 to 25 lower-case letters, digits and hyphens and starts with a letter.`,
      );
      routes[service] = this.twinModule(
        `module.task["${service}"]`,
        new Task(this, `task-${service}`, {
          ...task,
          ...network,
          name: `${name}-${service}`,
          clusterArn: cluster.arn,
          logRetentionDays,
          kmsKeyArn,
          tags,
        }),
      ).route;
    }

    this.launcher = this.twinModule(
      "module.launcher",
      new Launcher(this, "launcher", {
        name,
        routes,
        events: props.events,
        architecture: props.functionArchitecture,
        logRetentionDays,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.vpcId = network.vpcId;
    this.subnetIds = network.subnetIds;
    this.functionName = this.launcher.functionName;
    this.functionArn = this.launcher.functionArn;
    this.deadLetterQueueUrl = this.launcher.deadLetterQueueUrl;
    this.deadLetterQueueArn = this.launcher.deadLetterQueueArn;
    this.payloadBucketName = this.launcher.payloadBucketName;
    this.routes = routes;
    this.eventRuleArns = this.launcher.eventRuleArns;
  }

  /** Starts a task on each event that the rule matches; see {@link Launcher.onEvent}. */
  onEvent(name: string, event: LauncherEvent): EventRule {
    return this.launcher.onEvent(name, event);
  }

  private network(props: EventDrivenEcsProps): ExistingNetwork {
    const create = props.createNetwork ?? true;
    checkGivenExactlyWhenNotMade(this, "Network", create, props.existingNetwork);
    if (!create) return { assignPublicIp: false, ...props.existingNetwork! };
    check(
      this,
      props.network !== undefined,
      "network is absent; it names two or more availabilityZones of the region.",
    );
    const network = this.twinModule(
      'module.network["this"]',
      new Network(this, "network", {
        ...props.network!,
        name: props.name,
        flowLogRetentionDays: props.logRetentionDays,
        kmsKeyArn: props.kmsKeyArn,
        tags: props.tags,
      }),
    );
    return { vpcId: network.vpcId, subnetIds: network.privateSubnetIds, assignPublicIp: false };
  }

  private cluster(props: EventDrivenEcsProps): { name: string; arn: string } {
    const create = props.createCluster ?? true;
    checkGivenExactlyWhenNotMade(this, "Cluster", create, props.existingCluster);
    if (!create) return props.existingCluster!;
    const { name, logRetentionDays, kmsKeyArn, tags } = props;
    const cluster = this.twinModule(
      'module.cluster["this"]',
      new Cluster(this, "cluster", { name, logRetentionDays, kmsKeyArn, tags }),
    );
    return { name: cluster.clusterName, arn: cluster.clusterArn };
  }
}

function checkGivenExactlyWhenNotMade(
  scope: Construct,
  what: string,
  create: boolean,
  existing: unknown,
): void {
  check(
    scope,
    create === (existing === undefined),
    `create${what} is ${create} and existing${what} is ${existing === undefined ? "absent" : "given"}; give existing${what} exactly when create${what} is false.`,
  );
}
