import { randomBytes } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Fault } from "../faults";
import { Regional } from "../regional";
import type { Call, Caller } from "../routing";
import type { Upstream } from "../upstream";
import { Addresses } from "./addresses";
import { ManagedScaling } from "./capacity/managed-scaling";
import { type Capacity, isScaled, resolveCapacity } from "./capacity/resolve-capacity";
import { checkAgainstDefinition, checkRunTask } from "./check-run-task";
import type { Directory, Subnet } from "./directory";
import { IdempotentLaunches, type LaunchResult } from "./idempotent-launches";
import { type ContainerInstance, type Placement, place, type Unplaced } from "./placement";
import { isPlannedEnd } from "./planned-end";
import { type CallCounts, Quotas } from "./quotas";
import { type Launch, type NetworkInterface, Task } from "./task";
import { TaskProtection } from "./task-protection";
import type { TaskRunner } from "./task-runner";
import { replayedDescription, taskDescription, taskEventDetail } from "./task-views";
import { TokenBucket } from "./token-bucket";
import type { Cluster, RunTaskInput, Tag, TaskDefinition, TaskTimings } from "./types";

export interface EcsOptions {
  clock: Clock;
  directory: Directory;
  /** Where EC2 Auto Scaling groups are. */
  upstream: Upstream;
  runner: TaskRunner;
  timings: TaskTimings;
  /** Whether calls and launches are throttled at AWS's rates. */
  throttled: boolean;
  /** Whether a response that holds only `failures` uses up the client token. */
  failuresUseUpTokens: boolean;
  /** Receives the `ECS Task State Change` events. */
  publish(caller: Caller, event: TaskStateChange): void;
  /** Called after every change of state of a task. */
  taskChanged?(task: Task): void;
  log(line: string): void;
}

/** A task to start for an ECS service. */
export interface ServiceLaunch extends Pick<Launch, "drain"> {
  cluster: Cluster;
  definition: TaskDefinition;
  input: RunTaskInput;
  /** the subnet of the task, for network mode awsvpc */
  subnetId: string | undefined;
}

export interface TaskStateChange {
  source: "aws.ecs";
  detailType: "ECS Task State Change";
  resources: string[];
  detail: Record<string, unknown>;
}

interface TaskInput {
  cluster?: string;
  task?: string;
  tasks?: string[];
  include?: string[];
  reason?: string;
  desiredStatus?: string;
  family?: string;
  startedBy?: string;
  serviceName?: string;
  launchType?: string;
  maxResults?: number;
  nextToken?: string;
  resourceArn?: string;
  tags?: Tag[];
  tagKeys?: string[];
  protectionEnabled?: boolean;
  expiresInMinutes?: number;
}

type Action = (call: Call, input: RunTaskInput & TaskInput, fault?: Fault) => Promise<unknown>;

/** The tasks and quotas of one account in one region. */
interface Region {
  tasks: Map<string, Task>;
  addresses: Addresses;
  launches: IdempotentLaunches;
  quotas: Quotas;
  /** RunTask calls: Fargate has a quota beside the one of ECS. */
  runs: TokenBucket;
  /** Launches on Fargate. Spot has its own quota. */
  starts: TokenBucket;
  spotStarts: TokenBucket;
}

const UNSUPPORTED_ACTIONS = ["ExecuteCommand", "StartTask"];
const STOPPED_VISIBLE_MS = 3_600_000;
const MAX_DESCRIBED = 100;

/** Amazon ECS tasks. Clusters and task definitions belong to the control plane. */
export class Ecs {
  readonly protection: TaskProtection;
  private readonly scaling: ManagedScaling;
  private readonly regions: Regional<Region>;

  constructor(private readonly options: EcsOptions) {
    const { clock } = options;
    this.protection = new TaskProtection(clock, (task) => options.taskChanged?.(task));
    this.scaling = new ManagedScaling({ ...options, living: (caller) => this.living(caller) });
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
    this.regions = new Regional(() => ({
      tasks: new Map(),
      addresses: new Addresses(),
      launches: new IdempotentLaunches(clock),
      quotas: new Quotas(clock, options.throttled),
      runs: new TokenBucket(clock, 20, 20),
      starts: new TokenBucket(clock, 100, 20),
      spotStarts: new TokenBucket(clock, 100, 20),
    }));
  }

  /** Whether this call concerns tasks and not the control plane. */
  owns({ action }: Call, input: unknown): boolean {
    const { resourceArn } = input as TaskInput;
    if (resourceArn !== undefined) return resourceArn.includes(":task/");
    return action in this.actions || UNSUPPORTED_ACTIONS.includes(action);
  }

  /** Counts a call of any action. Throws ThrottlingException above the quota of the action. */
  countCall(call: Caller & Pick<Call, "action">): void {
    this.regions.of(call).quotas.countCall(call.action);
  }

  /** Number of calls and of throttled calls so far, by action. */
  calls(caller: Caller): CallCounts {
    return this.regions.of(caller).quotas.counted();
  }

  async handle(call: Call, input: unknown, fault?: Fault): Promise<unknown> {
    const action = this.actions[call.action];
    if (!action)
      throw new AwsError("UnsupportedFeatureException", `Local AWS does not support ecs:${call.action}.`);
    return action(call, input as RunTaskInput & TaskInput, fault);
  }

  /** Every task of an account and region that ECS still shows, oldest first. */
  tasks(caller: Caller): Task[] {
    this.forgetLongStopped(caller);
    return [...this.regions.of(caller).tasks.values()];
  }

  /** The task with this id, whatever its account. */
  taskById(id: string): Task | undefined {
    return this.regions
      .all()
      .flatMap(([, { tasks }]) => [...tasks.values()])
      .find((task) => task.id === id);
  }

  /** Starts a task of an ECS service. Throws the error of ECS if there is no place for it. */
  async startForService(caller: Caller, launch: ServiceLaunch, fault?: Fault): Promise<Task> {
    const { cluster, definition, drain, input, subnetId } = launch;
    if (fault?.fault === "failures") throw new AwsError("InvalidParameterException", fault.reason);
    const subnet = subnetId === undefined ? undefined : await this.options.directory.subnet(caller, subnetId);
    const capacity = await resolveCapacity(this.options.directory, caller, cluster, input);
    const instances = await this.instances(caller, cluster, capacity);
    const placement = this.place(caller, definition, capacity, instances);
    if (typeof placement === "string")
      throw new AwsError("InvalidParameterException", "no container instance met all of its requirements");
    const network = subnet && this.networkInterface(caller, subnet);
    const { account, region } = caller;
    const of = { caller: { account, region }, cluster, definition, input, capacity };
    return this.start({ ...of, network, ...placement, drain, ...plannedFor(fault) });
  }

  /** The port of this machine that serves a port of a running task's address. */
  localPort(caller: Caller, vpcId: string, { id, port }: { id: string; port: number }): number | undefined {
    const found = this.living(caller).map((task) => task.localPort(vpcId, id, port));
    return found.find((localPort) => localPort !== undefined);
  }

  /** The tasks of an account and region that have not stopped. */
  living(caller: Caller): Task[] {
    return this.tasks(caller).filter(({ times }) => !times.stoppedAt);
  }

  private forgetLongStopped(caller: Caller): void {
    const { tasks } = this.regions.of(caller);
    for (const [arn, task] of tasks) {
      if (this.isForgotten(task)) tasks.delete(arn);
    }
  }

  private isForgotten({ times: { stoppedAt } }: Task): boolean {
    return (
      stoppedAt !== undefined && this.options.clock.now().getTime() - stoppedAt.getTime() > STOPPED_VISIBLE_MS
    );
  }

  private async runTask(caller: Caller, input: RunTaskInput, fault?: Fault): Promise<unknown> {
    const { launches, quotas, runs } = this.regions.of(caller);
    if (this.options.throttled && !runs.take(1)) quotas.throttle("RunTask");
    checkRunTask(input);
    const cluster = await this.options.directory.cluster(caller, input.cluster);
    const definition = await this.options.directory.taskDefinition(caller, input.taskDefinition ?? "");
    const capacity = await resolveCapacity(this.options.directory, caller, cluster, input);
    checkAgainstDefinition(input, definition, capacity);
    const subnetId = input.networkConfiguration?.awsvpcConfiguration?.subnets?.[0];
    const subnet = subnetId === undefined ? undefined : await this.options.directory.subnet(caller, subnetId);
    const instances = await this.instances(caller, cluster, capacity);
    // No await between here and the launch: two calls with one token must not both find it unused.
    const earlier = launches.find(cluster.clusterArn, input);
    if (earlier) return replayed(earlier);
    if (fault?.fault === "failures") {
      const { reason, detail } = fault;
      const unplaced = { tasks: [], failures: [{ arn: cluster.clusterArn, reason, detail }] };
      return this.respond(caller, cluster, input, unplaced);
    }
    const count = input.count ?? 1;
    if (this.options.throttled && !this.takeLaunchTokens(caller, capacity, count)) quotas.throttle("RunTask");
    const { failsToStart, end } = plannedFor(fault);
    const { account, region } = caller;
    const placed: LaunchResult = { tasks: [], failures: [] };
    for (let index = 0; index < count; index += 1) {
      const placement = this.place(caller, definition, capacity, instances);
      if (typeof placement === "string") {
        const arn = instances?.[0]?.containerInstanceArn ?? "";
        placed.failures.push({ arn, reason: placement });
        continue;
      }
      const network = subnet && this.networkInterface(caller, subnet);
      const launch = { caller: { account, region }, cluster, definition, input, capacity };
      placed.tasks.push(this.start({ ...launch, network, ...placement, failsToStart, end }));
    }
    return this.respond(caller, cluster, input, placed);
  }

  private respond(caller: Caller, { clusterArn }: Cluster, input: RunTaskInput, result: LaunchResult) {
    const { launches } = this.regions.of(caller);
    if (result.tasks.length > 0 || this.options.failuresUseUpTokens) {
      launches.remember(clusterArn, input, result);
    }
    return answer(result);
  }

  /** Undefined on Fargate. Throws the error of ECS if no instance can take a task, nor will. */
  private async instances(
    caller: Caller,
    cluster: Cluster,
    capacity: Capacity,
  ): Promise<ContainerInstance[] | undefined> {
    if (capacity.launchType === "FARGATE") return undefined;
    const instances = await this.scaling.instances(caller, cluster, capacity);
    if (capacity.provider) this.scaling.checkQuota(caller, cluster);
    return instances;
  }

  /** Where a task starts: on Fargate, on an instance, or on one that it waits for; otherwise why it does not. */
  private place(
    caller: Caller,
    definition: TaskDefinition,
    { provider }: Capacity,
    instances: ContainerInstance[] | undefined,
  ): { placement?: Placement; waits?: boolean } | Unplaced {
    if (!instances) return {};
    const placement = place(definition, instances, this.living(caller));
    if (typeof placement !== "string") return { placement };
    return provider && isScaled(provider) ? { waits: true } : placement;
  }

  private takeLaunchTokens(caller: Caller, { launchType, providerName }: Capacity, count: number): boolean {
    const { starts, spotStarts } = this.regions.of(caller);
    if (launchType !== "FARGATE") return true;
    return (providerName === "FARGATE_SPOT" ? spotStarts : starts).take(count);
  }

  private start({ waits, ...given }: Launch & { waits?: boolean }): Task {
    let placed: () => void = () => {};
    const launch: Launch = waits ? { ...given, placed: new Promise((resolve) => (placed = resolve)) } : given;
    const { clock, timings, runner, publish } = this.options;
    const { tasks, addresses } = this.regions.of(launch.caller);
    const changed = (task: Task) => {
      const detail = taskEventDetail(task);
      publish(launch.caller, {
        source: "aws.ecs",
        detailType: "ECS Task State Change",
        resources: [task.arn],
        detail,
      });
      this.scaling.taskChanged(task);
      this.options.taskChanged?.(task);
    };
    const task = new Task(launch, { clock, timings, runner, changed });
    tasks.set(task.arn, task);
    const { capacity, network } = launch;
    if (waits)
      this.scaling.wait(task, capacity.provider!, (placement) => {
        launch.placement = placement;
        placed();
      });
    void task.runToEnd().then(() => network && addresses.free(network.subnetId, network.privateIp));
    return task;
  }

  private networkInterface(caller: Caller, subnet: Subnet): NetworkInterface {
    const privateIp = this.regions.of(caller).addresses.allocate(subnet.id, subnet.cidr);
    if (!privateIp) {
      throw new AwsError("InvalidParameterException", `Insufficient free addresses in subnet ${subnet.id}.`);
    }
    const mac = [...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, "0"));
    return {
      id: `eni-0${randomBytes(8).toString("hex")}`,
      mac: `02:${mac.join(":")}`,
      subnetId: subnet.id,
      zone: subnet.zone,
      vpcId: subnet.vpcId,
      privateIp,
    };
  }

  private async describeTasks(caller: Caller, input: TaskInput, fault?: Fault): Promise<unknown> {
    const { clusterArn } = await this.options.directory.cluster(caller, input.cluster);
    const asked = input.tasks ?? [];
    if (asked.length === 0) throw new AwsError("InvalidParameterException", "Tasks cannot be empty.");
    if (asked.length > MAX_DESCRIBED) {
      throw new AwsError(
        "InvalidParameterException",
        `${asked.length} tasks asked for; the limit is ${MAX_DESCRIBED}.`,
      );
    }
    const tasks: unknown[] = [];
    const failures: unknown[] = [];
    for (const idOrArn of asked) {
      const task = fault?.fault === "missing" ? undefined : this.find(caller, clusterArn, idOrArn);
      if (task) tasks.push(taskDescription(task, input.include?.includes("TAGS") ?? false));
      else failures.push({ arn: arnOf(clusterArn, idOrArn), reason: "MISSING" });
    }
    return { tasks, failures };
  }

  private find(caller: Caller, clusterArn: string, idOrArn: string): Task | undefined {
    const task = this.regions.of(caller).tasks.get(arnOf(clusterArn, idOrArn));
    return task && !this.isForgotten(task) ? task : undefined;
  }

  private readonly actions: Record<string, Action> = {
    RunTask: (call, input, fault) => this.runTask(call, input, fault),

    DescribeTasks: (call, input, fault) => this.describeTasks(call, input, fault),

    StopTask: async (call, { cluster, task: idOrArn = "", reason }) => {
      const { clusterArn } = await this.options.directory.cluster(call, cluster);
      const task = this.find(call, clusterArn, idOrArn);
      if (!task) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
      task.stop("UserInitiated", reason ?? "Task stopped by user");
      // "When you call StopTask, the tags of the task are deleted" (API reference of StopTask).
      task.tags = [];
      return { task: taskDescription(task, true) };
    },

    ListTasks: async (call, input) => {
      const { clusterArn } = await this.options.directory.cluster(call, input.cluster);
      const {
        desiredStatus = "RUNNING",
        family,
        startedBy,
        launchType,
        maxResults = 100,
        nextToken = "0",
      } = input;
      const found = this.tasks(call).filter(
        (task) =>
          task.launch.cluster.clusterArn === clusterArn &&
          task.desiredStatus === desiredStatus &&
          (input.serviceName === undefined ||
            task.launch.input.group === `service:${input.serviceName.split("/").pop()}`) &&
          (family === undefined || task.launch.definition.family === family) &&
          (startedBy === undefined || task.launch.input.startedBy === startedBy) &&
          (launchType === undefined || task.launch.capacity.launchType === launchType),
      );
      const start = Number(nextToken);
      const end = start + maxResults;
      return {
        taskArns: found.slice(start, end).map(({ arn }) => arn),
        ...(end < found.length ? { nextToken: String(end) } : {}),
      };
    },

    GetTaskProtection: async (call, { cluster, tasks }) =>
      this.protection.get(await this.asked(call, cluster, tasks)),

    UpdateTaskProtection: async (call, { cluster, expiresInMinutes, protectionEnabled, tasks }) =>
      this.protection.update(await this.asked(call, cluster, tasks), protectionEnabled, expiresInMinutes),

    TagResource: async (call, { resourceArn = "", tags = [] }) => {
      const task = this.tagged(call, resourceArn);
      const keys = tags.map(({ key }) => key);
      task.tags = [...task.tags.filter(({ key }) => !keys.includes(key)), ...tags];
      return {};
    },

    UntagResource: async (call, { resourceArn = "", tagKeys = [] }) => {
      const task = this.tagged(call, resourceArn);
      task.tags = task.tags.filter(({ key }) => !tagKeys.includes(key));
      return {};
    },

    ListTagsForResource: async (call, { resourceArn = "" }) => ({
      tags: this.tagged(call, resourceArn).tags,
    }),
  };

  private async asked(caller: Caller, cluster: string | undefined, tasks: string[] = []) {
    const { clusterArn } = await this.options.directory.cluster(caller, cluster);
    return tasks.map((idOrArn) => ({
      arn: arnOf(clusterArn, idOrArn),
      task: this.find(caller, clusterArn, idOrArn),
    }));
  }

  private tagged(caller: Caller, arn: string): Task {
    const task = this.tasks(caller).find((candidate) => candidate.arn === arn);
    if (!task || task.desiredStatus === "STOPPED") {
      throw new AwsError(
        "InvalidParameterException",
        "The specified task is stopped. Specify a running task and try again.",
      );
    }
    return task;
  }
}

/** What a fault makes of a task. */
function plannedFor(fault: Fault | undefined): Pick<Launch, "end" | "failsToStart"> {
  return {
    failsToStart: fault?.fault === "failsToStart" ? fault.reason : undefined,
    end: fault && isPlannedEnd(fault) ? fault : undefined,
  };
}

function answer({ tasks, failures }: LaunchResult) {
  return { tasks: tasks.map((task) => taskDescription(task, true)), failures };
}

function replayed({ tasks, failures }: LaunchResult) {
  return { tasks: tasks.map(replayedDescription), failures };
}

function arnOf(clusterArn: string, idOrArn: string): string {
  if (idOrArn.startsWith("arn:")) return idOrArn;
  if (idOrArn.length !== 32 && idOrArn.length !== 36) {
    throw new AwsError("InvalidParameterException", "taskId length should be one of [32,36]");
  }
  return `${clusterArn.replace(":cluster/", ":task/")}/${idOrArn}`;
}
