import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Faults } from "../faults";
import type { HttpRequest, HttpResponse } from "../http";
import type { Authorization } from "../iam/authorization";
import type { Ecs } from ".";
import type { Task } from "./task";
import type { AskedTask, ProtectionAnswer } from "./task-protection";

const PATH = /^\/_local\/ecs-agent\/([0-9a-f]{32})(\/.*)$/;
const STATE = "/task-protection/v1/state";

/** The path of a task's agent: `ECS_AGENT_URI` without the endpoint. */
export function agentPath(taskArn: string): string {
  return `/_local/ecs-agent/${taskArn.split("/").pop()}`;
}

export function isAgentRequest({ path }: HttpRequest): boolean {
  return PATH.test(path);
}

/**
 * The endpoint of the ECS agent by which a task protects itself
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html). The agent calls ECS with
 * the task role.
 */
export class AgentEndpoint {
  constructor(
    private readonly ecs: Pick<Ecs, "countCall" | "protection" | "taskById">,
    private readonly authorization: Authorization,
    private readonly faults: Pick<Faults, "apply" | "take">,
  ) {}

  /** Answers a request to the agent of a task; undefined for any other request. */
  async serve(request: HttpRequest): Promise<HttpResponse | undefined> {
    const [, id = "", path] = PATH.exec(request.path) ?? [];
    if (path === undefined) return undefined;
    const task = this.ecs.taskById(id);
    if (!task || path !== STATE || !["GET", "PUT"].includes(request.method))
      return plain(404, { error: { Code: "NotFound", Message: `${request.method} ${path} is unknown.` } });
    const asked = [{ arn: task.arn, task }];
    const action = request.method === "GET" ? "GetTaskProtection" : "UpdateTaskProtection";
    try {
      const call =
        request.method === "GET" ? () => this.ecs.protection.get(asked) : this.update(asked, request);
      return await this.faults.apply(this.faults.take("ecs", action), async () => {
        this.ecs.countCall({ ...task.launch.caller, action });
        await this.requirePermission(task, `ecs:${action}`);
        return answered(call());
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { code, message, status } = error;
      const failed = { Arn: task.arn, Code: code, Message: message };
      return plain(status, { requestID: randomUUID(), error: failed });
    }
  }

  private update(asked: AskedTask[], { body }: HttpRequest): () => ProtectionAnswer {
    let input: { ProtectionEnabled?: unknown; ExpiresInMinutes?: number };
    try {
      input = JSON.parse(body.toString()) as typeof input;
    } catch {
      throw new AwsError("InvalidParameterException", "The body of the request must be JSON.");
    }
    return () => this.ecs.protection.update(asked, input.ProtectionEnabled, input.ExpiresInMinutes);
  }

  private async requirePermission(task: Task, action: string): Promise<void> {
    const { caller, cluster, definition, input } = task.launch;
    const roleArn = input.overrides?.taskRoleArn ?? definition.taskRoleArn;
    if (!roleArn) {
      const message = "Invalid Request: no task IAM role credentials available for task";
      throw new AwsError("AccessDeniedException", message, 403);
    }
    await this.authorization.requirePermission(
      { roleArn, name: task.id, region: caller.region },
      { action, resource: task.arn, context: { "ecs:cluster": cluster.clusterArn } },
    );
  }
}

function answered({ failures: [failure], protectedTasks: [task] }: ProtectionAnswer): HttpResponse {
  if (failure)
    return plain(200, {
      failure: { Arn: failure.arn, Detail: failure.detail ?? null, Reason: failure.reason },
    });
  const { expirationDate, protectionEnabled, taskArn } = task ?? {};
  return plain(200, {
    protection: {
      ...(expirationDate === undefined
        ? {}
        : { ExpirationDate: new Date(expirationDate * 1000).toISOString() }),
      ProtectionEnabled: protectionEnabled,
      TaskArn: taskArn,
    },
  });
}

function plain(status: number, value: object): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(value)),
  };
}
