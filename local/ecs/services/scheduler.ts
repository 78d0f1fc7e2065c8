import type { Cancel, Clock } from "../../clock";
import type { ServiceEvent } from "../../events/service-event";
import { messageOf } from "../../message-of";
import type { Caller } from "../../routing";
import type { Ecs } from "..";
import type { Directory } from "../directory";
import type { Task } from "../task";
import { failureThreshold } from "./circuit-breaker";
import type { Deployment } from "./deployment";
import { nextStep } from "./deployment-plan";
import { tasksToStop } from "./scale-in-order";
import type { EcsService } from "./service";
import { deploymentStateChange, serviceAction } from "./service-events";
import { healthOf } from "./service-health";
import type { ServiceTargets } from "./service-targets";
import { taskLaunch } from "./task-launch";

export interface SchedulerOptions {
  clock: Clock;
  directory: Directory;
  targets: ServiceTargets;
  startTask(...of: Parameters<Ecs["startForService"]>): Promise<Task>;
  publish(caller: Caller, event: ServiceEvent): void;
  log(line: string): void;
}

// ELB tells nobody that a target is unhealthy.
const TARGET_POLL_MS = 5000;
// AWS does not document after how many failed starts it says so.
const IMPAIRED_STARTS = 3;

/** The service scheduler of ECS: keeps the tasks of each ECS service at its count, and rolls deployments out. */
export class ServiceScheduler {
  private readonly byDeployment = new Map<string, { service: EcsService; deployment: Deployment }>();
  private readonly wakeUps = new Map<EcsService, Cancel>();
  private readonly registered = new WeakSet<Task>();
  private readonly ended = new WeakSet<Task>();
  private readonly busy = new Map<EcsService, { again: boolean }>();

  constructor(private readonly options: SchedulerOptions) {}

  /** Begins a deployment. */
  deploy(service: EcsService, taskDefinition: string, rollback?: Deployment): void {
    const deployment = service.deploy(taskDefinition, this.now(), rollback);
    this.byDeployment.set(deployment.id, { service, deployment });
    this.options.publish(service.caller, deploymentStateChange(service, deployment));
    this.reconcile(service);
  }

  taskChanged(task: Task): void {
    const found = this.byDeployment.get(task.launch.input.startedBy ?? "");
    if (!found) return;
    const { deployment, service } = found;
    if (task.lastStatus === "STOPPED") deployment.tasks.delete(task);
    else deployment.tasks.add(task);
    if (task.lastStatus === "RUNNING") this.running(service, deployment, task);
    if (task.desiredStatus === "STOPPED" && !this.ended.has(task)) {
      this.ended.add(task);
      if (hasFailedToStart(task))
        this.startFailed(service, deployment, `(task ${task.id}) failed to start: ${task.stoppedReason}`);
      else deployment.ended(task, this.now());
    }
    this.reconcile(service);
  }

  /** Compares what is with what should be, and takes the next steps. Runs once at a time for each ECS service. */
  reconcile(service: EcsService): void {
    const running = this.busy.get(service);
    if (running) {
      running.again = true;
      return;
    }
    const run = { again: true };
    this.busy.set(service, run);
    const loop = async () => {
      try {
        while (run.again) {
          run.again = false;
          await this.step(service);
        }
      } finally {
        this.busy.delete(service);
      }
    };
    loop().catch((error: unknown) => this.options.log(`ecs: service ${service.arn}: ${String(error)}`));
  }

  private async step(service: EcsService): Promise<void> {
    const { deployments, primary } = service;
    this.wakeUps.get(service)?.();
    this.wakeUps.delete(service);
    if (!primary || service.status === "INACTIVE") return;
    if (service.status === "DRAINING") {
      this.stop(service, deployments, Number.POSITIVE_INFINITY, () => true, true);
      return this.drained(service);
    }
    const healthy = await this.healthyTasks(service);
    this.breakCircuit(service, primary);
    // The deployment has been rolled back.
    if (service.primary !== primary) return this.reconcile(service);
    const old = deployments.slice(1);
    const counts = (of: Deployment[]) => {
      const living = of.flatMap((deployment) => deployment.living);
      return { living: living.length, healthy: living.filter((task) => healthy.has(task)).length };
    };
    const { deploymentConfiguration = {} } = service.settings;
    const step = nextStep({
      desired: service.desiredCount,
      minimumHealthyPercent: deploymentConfiguration.minimumHealthyPercent ?? 100,
      maximumPercent: deploymentConfiguration.maximumPercent ?? 200,
      primary: counts([primary]),
      old: counts(old),
    });
    this.stop(service, old, Number.POSITIVE_INFINITY, (task) => !healthy.has(task));
    this.stop(service, old, step.stopOld, (task) => healthy.has(task));
    this.stop(service, [primary], step.stopPrimary, () => true);
    await this.start(service, primary, step.start);
    this.settle(service, primary, healthy);
    this.wakeUp(service);
  }

  /** Replaces the tasks that are unhealthy, and returns the healthy ones. */
  private async healthyTasks(service: EcsService): Promise<Set<Task>> {
    const healthy = new Set<Task>();
    for (const deployment of service.deployments) {
      for (const task of deployment.living) {
        const health = await healthOf(task, service, deployment, this.options.targets, this.now());
        if (health.isHealthy) healthy.add(task);
        if (health.isHealthy && deployment.rolloutState === "IN_PROGRESS") deployment.failedTasks = 0;
        if (health.replace === undefined) continue;
        service.say(`(task ${task.id}) is unhealthy: ${health.replace}`, this.now());
        deployment.failedTasks += 1;
        task.stop("ServiceSchedulerInitiated", health.replace);
      }
    }
    return healthy;
  }

  private breakCircuit(service: EcsService, primary: Deployment): void {
    const { enable, rollback } = service.settings.deploymentConfiguration?.deploymentCircuitBreaker ?? {};
    if (!enable || primary.rolloutState !== "IN_PROGRESS") return;
    if (primary.failedTasks < failureThreshold(service.desiredCount)) return;
    primary.enter("FAILED", "ECS deployment circuit breaker: tasks failed to start.", this.now());
    service.say(`(deployment ${primary.id}) deployment failed: tasks failed to start.`, this.now());
    this.options.publish(service.caller, deploymentStateChange(service, primary));
    const { completed } = service;
    if (!rollback || !completed || primary.isRollback) return;
    service.say(`rolling back to deployment ${completed.id}.`, this.now());
    // Its tasks that still run stay.
    if (service.deployments.includes(completed)) service.promote(completed);
    else this.deploy(service, completed.taskDefinition, completed);
    const reason = `ECS deployment circuit breaker: rolling back to deploymentId ${completed.id}.`;
    service.primary?.rollBack(reason, this.now());
  }

  private stop(
    service: EcsService,
    deployments: Deployment[],
    count: number,
    isCandidate: (task: Task) => boolean,
    evenProtected = false,
  ): void {
    const now = this.now();
    const candidates = deployments.flatMap(({ living }) => living).filter(isCandidate);
    const chosen = evenProtected ? candidates : tasksToStop(candidates, count, now);
    for (const task of chosen) {
      const reason = `Scaling activity initiated by (deployment ${service.primary?.id})`;
      task.stop("ServiceSchedulerInitiated", reason);
    }
    const list = chosen.map(({ id }) => `(task ${id})`).join(" ");
    if (chosen.length > 0) service.say(`has stopped ${chosen.length} running tasks: ${list}.`, now);
    const missing = Math.min(count, candidates.length) - chosen.length;
    if (missing > 0) service.say(`was unable to stop ${missing} tasks under protection.`, now);
  }

  private async start(service: EcsService, deployment: Deployment, count: number): Promise<void> {
    const started: Task[] = [];
    for (let index = 0; index < count; index += 1) {
      // The service can have changed while the last task was started.
      const isWanted = service.primary === deployment && deployment.living.length < service.desiredCount;
      if (!isWanted || deployment.rolloutState === "FAILED" || this.now().getTime() < deployment.notBefore)
        break;
      try {
        const launch = await taskLaunch(service, deployment, this.options.directory);
        const drain = (task: Task) => this.drain(task, deployment);
        started.push(await this.options.startTask(service.caller, { ...launch, drain }));
      } catch (error) {
        this.startFailed(service, deployment, `was unable to place a task. Reason: ${messageOf(error)}.`);
        const event = serviceAction(service, "SERVICE_TASK_PLACEMENT_FAILURE", this.now(), {
          reason: messageOf(error),
        });
        this.options.publish(service.caller, event);
        break;
      }
    }
    const list = started.map(({ id }) => `(task ${id})`).join(" ");
    if (started.length > 0) service.say(`has started ${started.length} tasks: ${list}.`, this.now());
  }

  private startFailed(service: EcsService, deployment: Deployment, message: string): void {
    service.say(message, this.now());
    if (deployment.startFailed(this.now()) < IMPAIRED_STARTS) return;
    service.say(
      "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section.",
      this.now(),
    );
    this.options.publish(service.caller, serviceAction(service, "SERVICE_TASK_START_IMPAIRED", this.now()));
  }

  private running(service: EcsService, deployment: Deployment, task: Task): void {
    const balancers = deployment.settings.loadBalancers ?? [];
    if (balancers.length === 0 || task.desiredStatus === "STOPPED" || this.registered.has(task)) return;
    this.registered.add(task);
    this.options.targets
      .register(task, balancers)
      .then((groups) => {
        for (const group of groups)
          service.say(`registered 1 targets in (target-group ${group})`, this.now());
      })
      .catch((error: unknown) =>
        service.say(`was unable to register a target: ${messageOf(error)}`, this.now()),
      );
  }

  private drain(task: Task, { settings }: Deployment): Promise<void> {
    return this.options.targets
      .drain(task, settings.loadBalancers ?? [])
      .catch((error: unknown) => this.options.log(`ecs: targets of task ${task.arn}: ${messageOf(error)}`));
  }

  /** Completes deployments, and tells of a steady state. */
  private settle(service: EcsService, primary: Deployment, healthy: Set<Task>): void {
    const gone = service.deployments.filter((each) => each !== primary && each.tasks.size === 0);
    for (const { id } of gone) this.byDeployment.delete(id);
    service.deployments = service.deployments.filter((each) => !gone.includes(each));
    const isSteady =
      service.deployments.length === 1 &&
      primary.tasks.size === service.desiredCount &&
      primary.living.length === service.desiredCount &&
      primary.living.every((task) => healthy.has(task));
    if (isSteady && primary.rolloutState === "IN_PROGRESS") {
      primary.enter("COMPLETED", `ECS deployment ${primary.id} completed.`, this.now());
      service.completed = primary;
      service.say(`(deployment ${primary.id}) deployment completed.`, this.now());
      this.options.publish(service.caller, deploymentStateChange(service, primary));
    }
    if (isSteady && !service.isSteady) {
      service.say("has reached a steady state.", this.now());
      this.options.publish(service.caller, serviceAction(service, "SERVICE_STEADY_STATE", this.now()));
    }
    service.isSteady = isSteady;
  }

  private drained(service: EcsService): void {
    if (service.deployments.some(({ tasks }) => tasks.size > 0)) return;
    service.status = "INACTIVE";
    for (const { id } of service.deployments) this.byDeployment.delete(id);
    service.deployments = [];
  }

  /** Reconciles again when a delay or a protection is over, and regularly while targets are checked. */
  private wakeUp(service: EcsService): void {
    const now = this.now().getTime();
    const times = service.deployments.flatMap((deployment) => [
      deployment.notBefore,
      ...deployment.living.map(({ protectedUntil }) => protectedUntil?.getTime() ?? 0),
      ...(deployment.settings.loadBalancers?.length && deployment.living.length > 0
        ? [now + TARGET_POLL_MS]
        : []),
    ]);
    const next = Math.min(...times.filter((time) => time > now));
    if (!Number.isFinite(next)) return;
    const cancel = this.options.clock.setTimer(next - now, () => this.reconcile(service));
    this.wakeUps.set(service, cancel);
  }

  private now(): Date {
    return this.options.clock.now();
  }
}

function hasFailedToStart({ stopCode, times }: Task): boolean {
  return !times.startedAt && stopCode !== "ServiceSchedulerInitiated";
}
