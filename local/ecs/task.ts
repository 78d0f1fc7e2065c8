import { randomBytes } from "node:crypto";
import type { Clock } from "../clock";
import { messageOf } from "../message-of";
import type { Caller } from "../routing";
import { listeningPort } from "./listening-port";
import type { Placement } from "./placement";
import type { RunningContainer, TaskRunner } from "./task-runner";
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

export interface Container {
  definition: ContainerDefinition;
  id: string;
  lastStatus: "PENDING" | "RUNNING" | "STOPPED";
  exitCode?: number;
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
  network?: NetworkInterface;
  /** absent on Fargate */
  placement?: Placement;
  /** The task does not start, for this reason. */
  failsToStart?: string;
}

export interface TaskSurroundings {
  clock: Clock;
  timings: TaskTimings;
  runner: TaskRunner;
  /** told of every change, after `version` has grown */
  changed(task: Task): void;
}

const DEFAULT_STOP_TIMEOUT_S = 30;

/** One task and its life, from PROVISIONING to STOPPED. */
export class Task {
  readonly id = randomBytes(16).toString("hex");
  readonly arn: string;
  readonly containers: Container[];
  readonly times: Partial<Record<TaskTime, Date>> = {};
  tags: Tag[];
  lastStatus: TaskStatus = "PROVISIONING";
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING";
  version = 0;
  stopCode?: string;
  stoppedReason?: string;
  private askStop: () => void = () => {};
  private readonly stopAsked: Promise<void>;

  constructor(
    readonly launch: Launch,
    private readonly around: TaskSurroundings,
  ) {
    const { caller, cluster, definition, input } = launch;
    this.arn = `arn:aws:ecs:${caller.region}:${caller.account}:task/${cluster.clusterName}/${this.id}`;
    this.containers = definition.containerDefinitions.map((container) => ({
      definition: overridden(container, input),
      id: randomBytes(16).toString("hex"),
      lastStatus: "PENDING",
    }));
    this.tags = input.tags ?? [];
    this.stopAsked = new Promise((resolve) => {
      this.askStop = resolve;
    });
    this.mark("createdAt");
  }

  /** Ends in STOPPED, whatever happens on the way. */
  async live(): Promise<void> {
    const { timings } = this.around;
    await this.phase("PROVISIONING", timings.provisioning);
    if (this.wanted) {
      this.mark("connectivityAt", "pullStartedAt");
      await this.phase("PENDING", timings.pending);
    }
    if (this.wanted) await this.startContainers();
    if (this.wanted) await this.phase("ACTIVATING", timings.activating);
    if (this.wanted) await this.run();
    await this.end();
  }

  /** Asks the task to stop; a task that is stopping already keeps its first reason. */
  stop(code: string, reason?: string): void {
    if (!this.wanted) return;
    this.desiredStatus = "STOPPED";
    this.stopCode = code;
    this.stoppedReason = reason;
    this.mark("stoppingAt");
    this.askStop();
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

  private get wanted(): boolean {
    return this.desiredStatus === "RUNNING";
  }

  private async startContainers(): Promise<void> {
    const { caller, definition, input, failsToStart } = this.launch;
    const of = {
      caller,
      taskArn: this.arn,
      fargate: definition.requiresCompatibilities?.includes("FARGATE") ?? false,
      volumes: definition.volumes,
    };
    const taskRoleArn = input.overrides?.taskRoleArn ?? definition.taskRoleArn;
    const executionRoleArn = input.overrides?.executionRoleArn ?? definition.executionRoleArn;
    try {
      if (failsToStart !== undefined) throw new Error(failsToStart);
      for (const container of this.containers) {
        const run = { ...of, container: container.definition, taskRoleArn, executionRoleArn };
        container.running = await this.around.runner.start(run);
        void container.running.exited.then((exitCode) => this.exited(container, exitCode));
      }
      this.mark("pullStoppedAt");
    } catch (error) {
      this.stop("TaskFailedToStart", messageOf(error));
    }
  }

  private async run(): Promise<void> {
    for (const container of this.containers) {
      if (container.lastStatus === "PENDING") container.lastStatus = "RUNNING";
    }
    this.mark("startedAt");
    this.enter("RUNNING");
    this.stopIfEssentialExited();
    await this.stopAsked;
  }

  private exited(container: Container, exitCode: number): void {
    container.exitCode = exitCode;
    container.lastStatus = "STOPPED";
    // A container that is faster than its task's way to RUNNING is looked at when the task gets there.
    if (this.lastStatus === "RUNNING") this.stopIfEssentialExited();
  }

  private stopIfEssentialExited(): void {
    const exited = this.containers.some(
      ({ definition, lastStatus }) => definition.essential !== false && lastStatus === "STOPPED",
    );
    if (exited) this.stop("EssentialContainerExited", "Essential container in task exited");
  }

  private async end(): Promise<void> {
    const { timings } = this.around;
    if (this.times.startedAt) {
      this.enter("DEACTIVATING");
      await this.around.clock.sleep(timings.deactivating);
    }
    if (this.containers.some(({ running }) => running)) {
      this.enter("STOPPING");
      await Promise.all(this.containers.map((container) => this.terminate(container)));
      this.mark("executionStoppedAt");
    }
    this.enter("DEPROVISIONING");
    await this.around.clock.sleep(timings.deprovisioning);
    for (const container of this.containers) container.lastStatus = "STOPPED";
    this.mark("stoppedAt");
    this.enter("STOPPED");
  }

  private async terminate({ definition, lastStatus, running }: Container): Promise<void> {
    if (!running || lastStatus === "STOPPED") return;
    const seconds = definition.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S;
    const cancel = this.around.clock.setTimer(seconds * 1000, () => running.stop(true));
    running.stop(false);
    await running.exited;
    cancel();
  }

  private async phase(status: TaskStatus, ms: number): Promise<void> {
    this.enter(status);
    await new Promise<void>((resolve) => {
      const cancel = this.around.clock.setTimer(ms, resolve);
      void this.stopAsked.then(() => {
        cancel();
        resolve();
      });
    });
  }

  private enter(status: TaskStatus): void {
    this.lastStatus = status;
    this.version += 1;
    this.mark("updatedAt");
    this.around.changed(this);
  }

  private mark(...names: TaskTime[]): void {
    for (const name of names) this.times[name] = this.around.clock.now();
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
