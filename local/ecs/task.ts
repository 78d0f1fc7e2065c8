import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { messageOf } from "../message-of";
import type { Caller } from "../routing";
import type { Capacity } from "./capacity/resolve-capacity";
import { listeningPort } from "./listening-port";
import type { Placement } from "./placement";
import type { PlannedEnd } from "./planned-end";
import type { ContainerExit, RunningContainer, TaskRunner } from "./task-runner";
import type { Cluster, ContainerDefinition, RunTaskInput, Tag, TaskDefinition, TaskTimings } from "./types";

export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "ACTIVATING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "DEPROVISIONING"
  | "STOPPED";

export type HealthStatus = "HEALTHY" | "UNHEALTHY" | "UNKNOWN";

export interface Container {
  definition: ContainerDefinition;
  id: string;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  exitCode?: number;
  reason?: string;
  /** UNKNOWN without a health check */
  healthStatus: HealthStatus;
  running?: RunningContainer;
}

export interface NetworkInterface {
  id: string;
  mac: string;
  subnetId: string;
  zone: string;
  vpcId: string;
  privateIp: string;
}

/** What a task is launched from. */
export interface Launch {
  caller: Caller;
  cluster: Cluster;
  definition: TaskDefinition;
  input: RunTaskInput;
  capacity: Capacity;
  network?: NetworkInterface;
  /** absent on Fargate, and while the task waits for a container instance */
  placement?: Placement;
  /** Resolves when a task that waits for a container instance has got one. Absent: it does not wait. */
  placed?: Promise<void>;
  /** The task fails to start with this reason. */
  failsToStart?: string;
  /** How the task ends, regardless of its containers. */
  end?: PlannedEnd;
  /** Deregisters the task from what sends it work, before its containers get SIGTERM. */
  drain?(task: Task): Promise<void>;
}

export interface TaskDependencies {
  clock: Clock;
  timings: TaskTimings;
  runner: TaskRunner;
  /** called after every change of state, with the new `version` */
  changed(task: Task): void;
}

const DEFAULT_STOP_TIMEOUT_S = 30;

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
const REASONS: Record<string, string> = {
  EssentialContainerExited: "Essential container in task exited",
  SpotInterruption: "Your Spot Task was interrupted.",
  UserInitiated: "Task stopped by user",
};

/** One task and its life cycle from PROVISIONING to STOPPED. */
export class Task {
  readonly id = randomBytes(16).toString("hex");
  readonly arn: string;
  readonly containers: Container[];
  readonly times: Partial<Record<TaskTime, Date>> = {};
  tags: Tag[];
  /** Until then the scheduler of ECS services does not stop the task. */
  protectedUntil?: Date;
  lastStatus: TaskStatus = "PROVISIONING";
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING";
  version = 0;
  stopCode?: string;
  stoppedReason?: string;
  private requestStop: () => void = () => {};
  private readonly stopRequested: Promise<void>;

  constructor(
    readonly launch: Launch,
    private readonly dependencies: TaskDependencies,
  ) {
    const { caller, cluster, definition, input } = launch;
    this.arn = `arn:aws:ecs:${caller.region}:${caller.account}:task/${cluster.clusterName}/${this.id}`;
    this.containers = definition.containerDefinitions.map((container) => ({
      definition: overridden(container, input),
      id: randomBytes(16).toString("hex"),
      lastStatus: "PENDING",
      healthStatus: "UNKNOWN",
    }));
    const propagated = (input.propagateTags === "TASK_DEFINITION" && definition.tags) || [];
    this.tags = [...propagated, ...(input.tags ?? [])];
    this.stopRequested = new Promise((resolve) => {
      this.requestStop = resolve;
    });
    this.mark("createdAt");
  }

  /** Runs the life cycle. Resolves in state STOPPED, and never rejects. */
  async runToEnd(): Promise<void> {
    const { timings } = this.dependencies;
    this.scheduleEnd("launch");
    await this.phase("PROVISIONING", timings.provisioning);
    await Promise.race([this.launch.placed, this.stopRequested]);
    if (this.shouldRun) {
      this.mark("connectivityAt", "pullStartedAt");
      await this.phase("PENDING", timings.pending);
    }
    if (this.shouldRun) await this.startContainers();
    if (this.shouldRun) await this.phase("ACTIVATING", timings.activating);
    if (this.shouldRun) await this.run();
    await this.end();
  }

  /**
   * Stops the task. A task that is stopping already keeps its first reason.
   *
   * @param code `SpotInterruption`, `UserInitiated`, …; undefined: the task has no stop code
   * @param reason default: the reason that ECS gives with the code, if it is known
   */
  stop(code: string | undefined, reason = code && REASONS[code]): void {
    if (!this.shouldRun) return;
    this.desiredStatus = "STOPPED";
    this.stopCode = code;
    this.stoppedReason = reason;
    this.mark("stoppingAt");
    this.requestStop();
  }

  /** Whether the scheduler of ECS services must not stop the task. */
  isProtected(now: Date): boolean {
    return this.protectedUntil !== undefined && now < this.protectedUntil;
  }

  /**
   * Ends a container. If it is essential, the task ends too.
   *
   * @param name default: the first essential container
   */
  exit(exit: ContainerExit, name?: string): void {
    const container = this.container(name);
    this.exited(container, exit);
    container.running?.stop(true);
  }

  /**
   * Fails the health check of a container. The container keeps running: ECS replaces only tasks of ECS services
   * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html).
   *
   * @param name default: the first essential container
   */
  turnUnhealthy(name?: string): void {
    const container = this.container(name);
    if (container.lastStatus === "STOPPED") return;
    container.healthStatus = "UNHEALTHY";
    if (this.lastStatus === "RUNNING") this.enter("RUNNING");
  }

  private container(name?: string): Container {
    const found = this.containers.find(({ definition }) =>
      name === undefined ? definition.essential !== false : definition.name === name,
    );
    if (!found) throw new Error(`Task ${this.arn} has no container ${name ?? "that is essential"}.`);
    return found;
  }

  private scheduleEnd(since: "launch" | "running"): void {
    const { end } = this.launch;
    if (!end || (end.since ?? "running") !== since) return;
    const cancel = this.dependencies.clock.setTimer(end.afterMs ?? 0, () => {
      if (end.fault === "ends") this.stop(end.stopCode, end.reason);
      else if (end.fault === "exits") this.exit(end, end.container);
      else this.turnUnhealthy(end.container);
    });
    void this.stopRequested.then(cancel);
  }

  /**
   * The port of this machine on which a container of this task serves a port of AWS.
   *
   * @param id IP address, or id of an instance
   */
  localPort(vpcId: string, id: string, port: number): number | undefined {
    const { network, placement, definition } = this.launch;
    if (network?.vpcId === vpcId && network.privateIp === id) return this.listener(port);
    if (placement?.ec2InstanceId !== id) return undefined;
    if (definition.networkMode === "host") return this.listener(port);
    const binding = placement.bindings.find(({ hostPort }) => hostPort === port);
    return binding && this.listener(binding.containerPort, binding.container);
  }

  private listener(port: number, name?: string): number | undefined {
    return this.containers.find(
      ({ definition }) =>
        listeningPort(definition) === port && (name === undefined || definition.name === name),
    )?.running?.localPort;
  }

  private get shouldRun(): boolean {
    return this.desiredStatus === "RUNNING";
  }

  private async startContainers(): Promise<void> {
    const { caller, definition, input, failsToStart, network } = this.launch;
    const { securityGroups = [] } = input.networkConfiguration?.awsvpcConfiguration ?? {};
    const of = {
      caller,
      taskArn: this.arn,
      network: network && { securityGroupIds: securityGroups, ip: network.privateIp },
      fargate: definition.requiresCompatibilities?.includes("FARGATE") ?? false,
      volumes: definition.volumes,
    };
    const taskRoleArn = input.overrides?.taskRoleArn ?? definition.taskRoleArn;
    const executionRoleArn = input.overrides?.executionRoleArn ?? definition.executionRoleArn;
    try {
      if (failsToStart !== undefined) throw new Error(failsToStart);
      for (const container of this.containers) {
        const run = { ...of, container: container.definition, taskRoleArn, executionRoleArn };
        container.running = await this.dependencies.runner.start(run);
        const { name } = container.definition;
        void container.running.exited.then((exit) => this.exited(container, exit));
        void container.running.unhealthy?.then(() => this.turnUnhealthy(name));
      }
      this.mark("pullStoppedAt");
    } catch (error) {
      this.stop("TaskFailedToStart", messageOf(error));
    }
  }

  private async run(): Promise<void> {
    for (const container of this.containers) {
      if (container.lastStatus !== "PENDING") continue;
      container.lastStatus = "RUNNING";
      if (container.definition.healthCheck && container.healthStatus === "UNKNOWN")
        container.healthStatus = "HEALTHY";
    }
    this.mark("startedAt");
    this.enter("RUNNING");
    this.scheduleEnd("running");
    this.stopIfEssentialExited();
    await this.stopRequested;
  }

  private exited(container: Container, { exitCode, reason }: ContainerExit): void {
    if (container.exitCode !== undefined) return;
    container.exitCode = exitCode;
    container.reason = reason;
    container.lastStatus = "STOPPED";
    // `run` checks for containers that exited before the task was RUNNING.
    if (this.lastStatus === "RUNNING") this.stopIfEssentialExited();
  }

  private stopIfEssentialExited(): void {
    const exited = this.containers.some(
      ({ definition, lastStatus }) => definition.essential !== false && lastStatus === "STOPPED",
    );
    if (exited) this.stop("EssentialContainerExited");
  }

  private async end(): Promise<void> {
    const { timings } = this.dependencies;
    if (this.times.startedAt) {
      this.enter("DEACTIVATING");
      await Promise.all([this.dependencies.clock.sleep(timings.deactivating), this.launch.drain?.(this)]);
    }
    if (this.containers.some(({ running }) => running)) {
      this.enter("STOPPING");
      await Promise.all(this.containers.map((container) => this.terminate(container)));
      this.mark("executionStoppedAt");
    }
    this.enter("DEPROVISIONING");
    await this.dependencies.clock.sleep(timings.deprovisioning);
    for (const container of this.containers) container.lastStatus = "STOPPED";
    this.mark("stoppedAt");
    this.enter("STOPPED");
  }

  private async terminate({ definition, lastStatus, running }: Container): Promise<void> {
    if (!running || lastStatus === "STOPPED") return;
    const seconds = definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S;
    const cancel = this.dependencies.clock.setTimer(seconds * 1000, () => running.stop(true));
    running.stop(false);
    await running.exited;
    cancel();
  }

  private async phase(status: TaskStatus, ms: number): Promise<void> {
    this.enter(status);
    await new Promise<void>((resolve) => {
      const cancel = this.dependencies.clock.setTimer(ms, resolve);
      void this.stopRequested.then(() => {
        cancel();
        resolve();
      });
    });
  }

  private enter(status: TaskStatus): void {
    this.lastStatus = status;
    this.version += 1;
    this.mark("updatedAt");
    this.dependencies.changed(this);
  }

  private mark(...names: TaskTime[]): void {
    for (const name of names) this.times[name] = this.dependencies.clock.now();
  }
}

export type TaskTime =
  | "connectivityAt"
  | "createdAt"
  | "executionStoppedAt"
  | "pullStartedAt"
  | "pullStoppedAt"
  | "startedAt"
  | "stoppedAt"
  | "stoppingAt"
  | "updatedAt";

function overridden(container: ContainerDefinition, { overrides }: RunTaskInput): ContainerDefinition {
  const override = overrides?.containerOverrides?.find(({ name }) => name === container.name);
  if (!override) return container;
  const environment = new Map((container.environment ?? []).map(({ name, value }) => [name, value]));
  for (const { name, value } of override.environment ?? []) environment.set(name, value);
  return {
    ...container,
    command: override.command?.length ? override.command : container.command,
    environment: [...environment].map(([name, value]) => ({ name, value })),
  };
}
