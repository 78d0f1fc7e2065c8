import { randomInt, randomUUID } from "node:crypto";
import type { Caller } from "../../routing";
import type { Cluster } from "../types";
import { Deployment } from "./deployment";
import { launchSettings, type ServiceSettings } from "./settings";

export interface ServiceMessage {
  id: string;
  /** seconds since 1970 */
  createdAt: number;
  message: string;
}

// AWS shows the 100 newest.
const MAX_MESSAGES = 100;

/** An ECS service: what its scheduler keeps of it. */
export class EcsService {
  status: "ACTIVE" | "DRAINING" | "INACTIVE" = "ACTIVE";
  /** newest first; the first one is PRIMARY */
  deployments: Deployment[] = [];
  /** newest first */
  readonly messages: ServiceMessage[] = [];
  /** The last deployment that was completed. */
  completed: Deployment | undefined;
  isSteady = false;

  constructor(
    readonly caller: Caller,
    readonly arn: string,
    readonly name: string,
    readonly cluster: Cluster,
    public desiredCount: number,
    public settings: ServiceSettings,
  ) {}

  get primary(): Deployment | undefined {
    return this.deployments[0];
  }

  deploy(taskDefinition: string, now: Date, rollback?: Deployment): Deployment {
    const id = `ecs-svc/${randomInt(10 ** 9, 10 ** 10)}${randomInt(10 ** 8, 10 ** 9)}`;
    const settings = rollback?.settings ?? launchSettings(this.settings);
    const deployment = new Deployment(id, taskDefinition, settings, now);
    this.deployments.unshift(deployment);
    this.isSteady = false;
    return deployment;
  }

  /** Makes an earlier deployment PRIMARY again. */
  promote(deployment: Deployment): void {
    this.deployments = [deployment, ...this.deployments.filter((each) => each !== deployment)];
    this.isSteady = false;
  }

  say(text: string, now: Date): void {
    const message = `(service ${this.name}) ${text}`;
    if (this.messages[0]?.message === message && text.startsWith("was unable")) return;
    this.messages.unshift({ id: randomUUID(), createdAt: now.getTime() / 1000, message });
    this.messages.splice(MAX_MESSAGES);
  }
}
