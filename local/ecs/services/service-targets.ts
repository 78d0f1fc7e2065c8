import type { Clock } from "../../clock";
import type { TargetId } from "../../load-balancing/check-targets";
import type { Health } from "../../load-balancing/target";
import type { Caller } from "../../routing";
import type { Task } from "../task";
import type { LoadBalancer } from "./settings";

/** What the scheduler of ECS services needs of Elastic Load Balancing. */
export interface TargetGroups {
  register(caller: Caller, targetGroupArn: string, targets: TargetId[]): Promise<void>;
  deregister(caller: Caller, targetGroupArn: string, targets: TargetId[]): Promise<void>;
  health(caller: Caller, targetGroupArn: string, target: TargetId): Promise<Health>;
}

const DRAIN_POLL_MS = 1000;

/** The targets of the tasks of ECS services. */
export class ServiceTargets {
  constructor(
    private readonly groups: TargetGroups,
    private readonly clock: Clock,
  ) {}

  async register(task: Task, balancers: LoadBalancer[]): Promise<string[]> {
    const { caller } = task.launch;
    const found = targetsOf(task, balancers);
    await Promise.all(found.map(({ group, target }) => this.groups.register(caller, group, [target])));
    return found.map(({ group }) => group);
  }

  /** Resolves when the task gets no requests any more. */
  async drain(task: Task, balancers: LoadBalancer[]): Promise<void> {
    const { caller } = task.launch;
    for (const { group, target } of targetsOf(task, balancers)) {
      await this.groups.deregister(caller, group, [target]);
      while ((await this.groups.health(caller, group, target)).state === "draining")
        await this.clock.sleep(DRAIN_POLL_MS);
    }
  }

  /** The worst health of a task's targets; a group without a listener checks none. */
  async health(task: Task, balancers: LoadBalancer[]): Promise<{ state: Health["state"]; group?: string }> {
    for (const { group, target } of targetsOf(task, balancers)) {
      const { state } = await this.groups.health(task.launch.caller, group, target);
      if (state !== "healthy" && state !== "unused") return { state, group };
    }
    return { state: "healthy" };
  }
}

function targetsOf(task: Task, balancers: LoadBalancer[]): { group: string; target: TargetId }[] {
  const { definition, network, placement } = task.launch;
  return balancers.flatMap(({ containerName, containerPort = 0, targetGroupArn: group }) => {
    if (!group) return [];
    if (network) return [{ group, target: { id: network.privateIp, port: containerPort } }];
    if (!placement) return [];
    const bound = placement.bindings.find(
      (binding) => binding.container === containerName && binding.containerPort === containerPort,
    );
    const port = definition.networkMode === "host" ? containerPort : (bound?.hostPort ?? containerPort);
    return [{ group, target: { id: placement.ec2InstanceId, port } }];
  });
}
