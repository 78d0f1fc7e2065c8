import { AwsError } from "../../aws-error";
import type { Clock } from "../../clock";
import { messageOf } from "../../message-of";
import { Regional } from "../../regional";
import type { Caller } from "../../routing";
import { askJson, type Upstream } from "../../upstream";
import type { Directory } from "../directory";
import { type ContainerInstance, type Placement, place } from "../placement";
import type { Task } from "../task";
import type { Cluster, TaskDefinition, TaskTimings } from "../types";
import { AutoScalingGroup } from "./auto-scaling-group";
import { type Capacity, type CapacityProvider, isScaled } from "./resolve-capacity";

export interface ManagedScalingOptions {
  clock: Clock;
  directory: Directory;
  upstream: Upstream;
  timings: TaskTimings;
  /** The tasks that have not stopped. */
  living(caller: Caller): Task[];
  log(line: string): void;
}

/** A task in PROVISIONING that waits for a container instance. */
interface Waiting {
  task: Task;
  placed(placement: Placement): void;
}

interface Registered {
  containerInstanceArn: string;
  /** when it had no tasks any more, in ms */
  idleSince: number;
}

/** The container instances of a capacity provider in a cluster, and the tasks that wait for one. */
interface Pool {
  caller: Caller;
  cluster: Cluster;
  provider: CapacityProvider;
  group: AutoScalingGroup;
  waiting: Waiting[];
  /** by id of the EC2 instance */
  registered: Map<string, Registered>;
  /** The work on the pool, one piece after the other. */
  work: Promise<void>;
  /** Whether instances are starting. */
  scaling: boolean;
}

// https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
const MAX_WAITING = 500;
// The size of every instance of the control plane. On AWS it is that of the instance type.
const INSTANCE: ContainerInstance = {
  containerInstanceArn: "",
  ec2InstanceId: "",
  registeredResources: [
    { name: "CPU", integerValue: 4096 },
    { name: "MEMORY", integerValue: 7482 },
  ],
};

/**
 * Managed scaling of Amazon ECS: a task of a capacity provider waits in PROVISIONING for a container instance, and the
 * EC2 Auto Scaling group grows for it, and shrinks when an instance has no tasks.
 */
export class ManagedScaling {
  private readonly pools = new Regional<Map<string, Pool>>(() => new Map());

  constructor(private readonly options: ManagedScalingOptions) {}

  /** The container instances that tasks of this capacity can be placed on. Throws the error of ECS if there is none. */
  async instances(caller: Caller, cluster: Cluster, { provider }: Capacity): Promise<ContainerInstance[]> {
    const ofCluster = () => this.options.directory.containerInstances(caller, cluster.clusterArn);
    if (!provider) {
      const all = await ofCluster();
      if (all.length === 0) throw noInstances("cluster");
      return all;
    }
    const pool = this.pool(caller, cluster, provider);
    if (!isScaled(provider)) await this.register(pool);
    const all = await ofCluster();
    const arns = [...pool.registered.values()].map(({ containerInstanceArn }) => containerInstanceArn);
    const found = all.filter(({ containerInstanceArn }) => arns.includes(containerInstanceArn));
    if (found.length === 0 && !isScaled(provider)) throw noInstances("capacity provider");
    return found;
  }

  /** Throws ClientException when as many tasks of the cluster wait already as its quota allows. */
  checkQuota(caller: Caller, { clusterArn }: Cluster): void {
    const waiting = [...this.pools.of(caller).values()]
      .filter(({ cluster }) => cluster.clusterArn === clusterArn)
      .reduce((count, pool) => count + pool.waiting.length, 0);
    if (waiting < MAX_WAITING) return;
    throw new AwsError(
      "ClientException",
      `You've reached the limit on the number of tasks in the PROVISIONING state for a cluster: ${MAX_WAITING}.`,
    );
  }

  /** Lets a task wait until an instance takes it, or until ECS gives up. */
  wait(task: Task, provider: CapacityProvider, placed: Waiting["placed"]): void {
    const { caller, cluster } = task.launch;
    const pool = this.pool(caller, cluster, provider);
    pool.waiting.push({ task, placed });
    this.options.clock.setTimer(this.options.timings.provisioningTimeout, () => {
      if (!this.stillWaiting(pool).some((waiting) => waiting.task === task)) return;
      task.stop(
        "TaskFailedToStart",
        pool.registered.size === 0 ? "EMPTY CAPACITY PROVIDER" : this.reasonOf(task),
      );
    });
    this.enqueue(pool, () => this.scaleOut(pool));
  }

  /** Must be called after every change of state of a task. */
  taskChanged(task: Task): void {
    const { caller, capacity, cluster, placement } = task.launch;
    if (task.lastStatus !== "STOPPED" || !capacity.provider) return;
    const pool = this.pool(caller, cluster, capacity.provider);
    pool.waiting = pool.waiting.filter((waiting) => waiting.task !== task);
    const instance = pool.registered.get(placement?.ec2InstanceId ?? "");
    if (instance) instance.idleSince = this.now();
    this.enqueue(pool, async () => {
      await this.scaleOut(pool);
      this.scaleInLater(pool);
    });
  }

  /** Without those that are stopped while they wait. */
  private stillWaiting({ waiting }: Pool): Waiting[] {
    return waiting.filter(({ task }) => task.desiredStatus === "RUNNING");
  }

  private pool(caller: Caller, cluster: Cluster, provider: CapacityProvider): Pool {
    const pools = this.pools.of(caller);
    const key = `${cluster.clusterArn} ${provider.name}`;
    const found = pools.get(key);
    if (found) return Object.assign(found, { provider });
    const { account, region } = caller;
    const group = new AutoScalingGroup(this.options.upstream, { account, region }, provider);
    const pool: Pool = {
      caller: { account, region },
      cluster,
      provider,
      group,
      waiting: [],
      registered: new Map(),
      work: Promise.resolve(),
      scaling: false,
    };
    pools.set(key, pool);
    return pool;
  }

  private enqueue(pool: Pool, next: () => Promise<void>): void {
    pool.work = pool.work.then(next).catch((error) => {
      this.options.log(`managed scaling of ${pool.provider.name}: ${messageOf(error)}`);
    });
  }

  private async scaleOut(pool: Pool): Promise<void> {
    await this.placeWaiting(pool);
    const waiting = this.stillWaiting(pool);
    if (waiting.length === 0 || pool.scaling) return;
    const { instanceIds, maxSize } = await pool.group.describe();
    const starting = instanceIds.filter((id) => !pool.registered.has(id)).length;
    const needed = instancesFor(waiting.map(({ task }) => task.launch.definition)) - starting;
    // "When there are no available container instances, Amazon ECS always scales out to 200 % (two instances)."
    const wanted = instanceIds.length === 0 ? Math.max(2, needed) : instanceIds.length + needed;
    const count = Math.min(maxSize, wanted);
    if (count > instanceIds.length) await pool.group.setDesiredCapacity(count);
    else if (starting === 0) return;
    pool.scaling = true;
    this.options.clock.setTimer(this.options.timings.instanceStart, () => {
      pool.scaling = false;
      this.enqueue(pool, async () => {
        await this.register(pool);
        await this.scaleOut(pool);
        this.scaleInLater(pool);
      });
    });
  }

  /** What the agent does on each new instance of the group. */
  private async register(pool: Pool): Promise<void> {
    const { instanceIds } = await pool.group.describe();
    for (const instanceId of instanceIds.filter((id) => !pool.registered.has(id))) {
      const { containerInstance } = await this.askEcs<{ containerInstance: ContainerInstance }>(
        pool,
        "RegisterContainerInstance",
        { instanceIdentityDocument: JSON.stringify({ instanceId }) },
      );
      const { containerInstanceArn } = containerInstance;
      pool.registered.set(instanceId, { containerInstanceArn, idleSince: this.now() });
    }
  }

  private async placeWaiting(pool: Pool): Promise<void> {
    const waiting = this.stillWaiting(pool);
    if (waiting.length === 0 || pool.registered.size === 0) return;
    const { caller, cluster, provider } = pool;
    const instances = await this.instances(caller, cluster, { launchType: "EC2", provider });
    for (const { task, placed } of waiting) {
      const placement = place(task.launch.definition, instances, this.options.living(caller));
      if (typeof placement === "string") continue;
      pool.waiting = pool.waiting.filter((other) => other.task !== task);
      placed(placement);
    }
  }

  private reasonOf({ launch }: Task): string {
    const placement = place(launch.definition, [INSTANCE], []);
    return typeof placement === "string" ? placement : "RESOURCE:MEMORY";
  }

  private scaleInLater(pool: Pool): void {
    this.options.clock.setTimer(this.options.timings.instanceIdle, () =>
      this.enqueue(pool, () => this.scaleIn(pool)),
    );
  }

  private async scaleIn(pool: Pool): Promise<void> {
    if (pool.waiting.length > 0 || pool.scaling) return;
    const { minSize } = await pool.group.describe();
    for (const [instanceId, instance] of [...pool.registered]) {
      if (pool.registered.size <= minSize || !this.isIdle(pool.caller, instance)) continue;
      pool.registered.delete(instanceId);
      const { containerInstanceArn: containerInstance } = instance;
      await this.askEcs(pool, "DeregisterContainerInstance", { containerInstance, force: true });
      await pool.group.terminate(instanceId);
    }
  }

  /** Whether an instance has had no tasks for long enough. */
  private isIdle(caller: Caller, { containerInstanceArn, idleSince }: Registered): boolean {
    const tasks = this.options.living(caller);
    return (
      this.now() - idleSince >= this.options.timings.instanceIdle &&
      !tasks.some(({ launch }) => launch.placement?.containerInstanceArn === containerInstanceArn)
    );
  }

  private now(): number {
    return this.options.clock.now().getTime();
  }

  private async askEcs<T>({ caller, cluster }: Pool, action: string, input: object): Promise<T> {
    const { directory, upstream } = this.options;
    const answer = await askJson<T>(upstream, caller, "ecs", action, {
      cluster: cluster.clusterName,
      ...input,
    });
    directory.clearCache();
    return answer;
  }
}

/** How many empty instances the tasks need. */
function instancesFor(definitions: TaskDefinition[]): number {
  const living: { launch: { placement: Placement; definition: TaskDefinition } }[] = [];
  const instances: ContainerInstance[] = [];
  for (const definition of definitions) {
    let placement = place(definition, instances, living);
    if (typeof placement === "string") {
      const next = { ...INSTANCE, containerInstanceArn: String(instances.length) };
      placement = place(definition, [next], []);
      // A task that no instance has room for scales nothing.
      if (typeof placement === "string") continue;
      instances.push(next);
    }
    living.push({ launch: { placement, definition } });
  }
  return instances.length;
}

function noInstances(of: string): AwsError {
  return new AwsError("InvalidParameterException", `No Container Instances were found in your ${of}.`);
}
