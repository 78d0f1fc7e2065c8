import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { clientConfig } from "./client-config";
import type { World } from "./world";

/** The tasks of an ECS service that take messages from a queue. */
export class Workers {
  private readonly ecs: ECSClient;

  constructor(
    environment: Readonly<Record<string, string>>,
    private readonly outputs: { readonly cluster_name: string; readonly worker_service_name: string },
  ) {
    this.ecs = new ECSClient(clientConfig(environment));
  }

  /** Ends all workers: the next ones start with the current permissions. */
  async rest(world: World): Promise<void> {
    await this.set(0);
    await world.step("the end of the workers", async () => {
      const tasks = await this.tasks("RUNNING");
      for (const { taskArn: task } of tasks)
        await this.ecs.send(new StopTaskCommand({ cluster: this.outputs.cluster_name, task }));
      const stopping = (await this.tasks("STOPPED")).filter(({ lastStatus }) => lastStatus !== "STOPPED");
      return tasks.length + stopping.length === 0 || undefined;
    });
    // The long polls of the ended workers would take the next messages.
    await world.wait(20);
  }

  /** Sets the number of workers, as an operator does. */
  async set(desiredCount: number): Promise<void> {
    const { cluster_name: cluster, worker_service_name: service } = this.outputs;
    await this.ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
  }

  /** Starts and stops a task beside the ECS service. Resolves with its ARN. */
  async runBeside(more: Pick<RunTaskCommandInput, "group" | "startedBy">): Promise<string> {
    const { cluster_name: cluster, worker_service_name: service } = this.outputs;
    const { services: [found] = [] } = await this.ecs.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    const { tasks: [started] = [] } = await this.ecs.send(
      new RunTaskCommand({
        ...more,
        cluster,
        launchType: "FARGATE",
        taskDefinition: found?.taskDefinition,
        networkConfiguration: found?.networkConfiguration,
      }),
    );
    const task = started?.taskArn ?? "";
    await this.ecs.send(new StopTaskCommand({ cluster, task }));
    return task;
  }

  async tasks(desiredStatus: "RUNNING" | "STOPPED"): Promise<Task[]> {
    const cluster = this.outputs.cluster_name;
    const { taskArns: tasks = [] } = await this.ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
    if (tasks.length === 0) return [];
    return (await this.ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? [];
  }

  /** Why tasks that were stopped since a time could not start, if something was denied. */
  async denials(since: Date): Promise<string[]> {
    const stopped = await this.tasks("STOPPED");
    return stopped
      .filter(({ stoppedAt }) => stoppedAt !== undefined && stoppedAt >= since)
      .map(({ stoppedReason = "" }) => stoppedReason);
  }
}
