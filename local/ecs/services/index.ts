import { AwsError } from "../../aws-error";
import { type HttpResponse, jsonResponse } from "../../http";
import type { Call, Caller } from "../../routing";
import { askJson, type Upstream } from "../../upstream";
import { resolveCapacity } from "../capacity/resolve-capacity";
import type { Task } from "../task";
import { type SchedulerOptions, ServiceScheduler } from "./scheduler";
import { EcsService } from "./service";
import { type StoredService, serviceDescription } from "./service-views";
import { DEFAULTS, launchSettings, type ServiceInput, withInput } from "./settings";

export interface EcsServicesOptions extends SchedulerOptions {
  upstream: Upstream;
  forward(call: Call): Promise<HttpResponse>;
}

/** ECS services: their scheduler. The control plane stores them, here is what it forgets, and what happens to their tasks. */
export class EcsServices {
  private readonly byArn = new Map<string, EcsService>();
  private readonly scheduler: ServiceScheduler;

  constructor(private readonly options: EcsServicesOptions) {
    this.scheduler = new ServiceScheduler(options);
  }

  /** Answers a call on ECS services, and forwards every other one. */
  async handle(call: Call, input: unknown): Promise<HttpResponse> {
    const given = input as ServiceInput;
    switch (call.action) {
      case "CreateService":
        return this.create(call, given);
      case "UpdateService":
        return this.update(call, given);
      case "DeleteService":
        return this.delete(call, given);
      case "DescribeServices":
        return this.describe(call);
      default:
        return this.options.forward(call);
    }
  }

  taskChanged(task: Task): void {
    this.scheduler.taskChanged(task);
  }

  /** An ECS service that is not deleted. */
  find(caller: Caller, clusterName: string, name: string): EcsService | undefined {
    const service = this.named(caller, clusterName, name);
    return service?.status === "ACTIVE" ? service : undefined;
  }

  setDesiredCount(service: EcsService, count: number): void {
    service.desiredCount = count;
    this.scheduler.reconcile(service);
  }

  private async create(call: Call, input: ServiceInput): Promise<HttpResponse> {
    const { desiredCount = 0, serviceName = "", taskDefinition = "" } = input;
    const cluster = await this.options.directory.cluster(call, input.cluster);
    const definition = await this.options.directory.taskDefinition(call, taskDefinition);
    if (this.find(call, cluster.clusterName, serviceName))
      throw new AwsError("InvalidParameterException", "Creation of service was not idempotent.");
    await resolveCapacity(this.options.directory, call, cluster, input);
    const response = await this.options.forward(withSecurityGroups(call, input));
    return answered<{ service: StoredService }>(response, ({ service: stored }) => {
      const { account, region } = call;
      const settings = withInput(DEFAULTS, input);
      const caller = { account, region };
      const arn = stored.serviceArn;
      const service = new EcsService(caller, arn, serviceName, cluster, desiredCount, settings);
      this.byArn.set(arn, service);
      if (this.isScheduled(service)) this.scheduler.deploy(service, definition.taskDefinitionArn);
      return { service: serviceDescription(stored, service) };
    });
  }

  private async update(call: Call, input: ServiceInput): Promise<HttpResponse> {
    const { desiredCount, forceNewDeployment = false, taskDefinition } = input;
    const { arn: revision } = await this.revision(call, taskDefinition);
    const { clusterName } = await this.options.directory.cluster(call, input.cluster);
    const known = this.named(call, clusterName, input.service?.split("/").pop() ?? "");
    if (known && known.status !== "ACTIVE")
      throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
    const response = await this.options.forward(withSecurityGroups(call, input));
    return answered<{ service: StoredService }>(response, ({ service: stored }) => {
      const service = this.byArn.get(stored.serviceArn);
      if (!service) return { service: stored };
      const before = launchSettings(service.settings);
      service.settings = withInput(service.settings, input);
      service.desiredCount = desiredCount ?? service.desiredCount;
      const current = service.primary?.taskDefinition ?? "";
      const isDeployed =
        forceNewDeployment ||
        (revision ?? current) !== current ||
        JSON.stringify(before) !== JSON.stringify(launchSettings(service.settings));
      if (isDeployed && this.isScheduled(service)) this.scheduler.deploy(service, revision ?? current);
      else this.scheduler.reconcile(service);
      return { service: serviceDescription(stored, service) };
    });
  }

  private async revision(call: Call, taskDefinition: string | undefined): Promise<{ arn?: string }> {
    if (!taskDefinition) return {};
    return { arn: (await this.options.directory.taskDefinition(call, taskDefinition)).taskDefinitionArn };
  }

  private async delete(call: Call, input: ServiceInput): Promise<HttpResponse> {
    const cluster = await this.options.directory.cluster(call, input.cluster);
    const name = input.service?.split("/").pop() ?? "";
    const service = this.find(call, cluster.clusterName, name);
    if (service && service.desiredCount > 0 && !input.force) {
      throw new AwsError(
        "InvalidParameterException",
        "The service cannot be stopped while it is scaled above 0.",
      );
    }
    // The control plane has the count of the last UpdateService, which Application Auto Scaling may have changed since.
    const { service: stored } = await askJson<{ service: StoredService }>(
      this.options.upstream,
      call,
      "ecs",
      "DeleteService",
      { cluster: input.cluster, service: input.service, force: true },
    );
    this.options.directory.clearCache();
    if (!service) return jsonResponse({ service: stored });
    service.status = "DRAINING";
    service.desiredCount = 0;
    this.scheduler.reconcile(service);
    return jsonResponse({ service: serviceDescription(stored, service) });
  }

  private async describe(call: Call): Promise<HttpResponse> {
    const response = await this.options.forward(call);
    return answered<{ services: StoredService[]; failures: object[] }>(response, (found) => ({
      ...found,
      services: found.services.map((stored) => serviceDescription(stored, this.byArn.get(stored.serviceArn))),
    }));
  }

  private named({ account, region }: Caller, clusterName: string, name: string): EcsService | undefined {
    return [...this.byArn.values()].find(
      ({ caller, cluster, name: each }) =>
        caller.account === account &&
        caller.region === region &&
        cluster.clusterName === clusterName &&
        each === name,
    );
  }

  private isScheduled({ arn, settings }: EcsService): boolean {
    const { deploymentController, schedulingStrategy = "REPLICA" } = settings;
    const controller = deploymentController?.type ?? "ECS";
    if (controller === "ECS" && schedulingStrategy === "REPLICA") return true;
    this.options.log(
      `ecs: service ${arn} has deployment controller ${controller} and scheduling strategy ${schedulingStrategy}; local AWS starts tasks for ECS and REPLICA only`,
    );
    return false;
  }
}

/** moto fails on a service without security groups, which AWS gives the default group of the VPC. */
function withSecurityGroups(call: Call, input: ServiceInput): Call {
  const { awsvpcConfiguration } = input.networkConfiguration ?? {};
  if (awsvpcConfiguration === undefined || awsvpcConfiguration.securityGroups !== undefined) return call;
  const networkConfiguration = { awsvpcConfiguration: { ...awsvpcConfiguration, securityGroups: [] } };
  const body = Buffer.from(JSON.stringify({ ...input, networkConfiguration }));
  const headers = { ...call.request.headers, "content-length": String(body.length) };
  return { ...call, request: { ...call.request, headers, body } };
}

function answered<Answer>(response: HttpResponse, complete: (answer: Answer) => object): HttpResponse {
  if (response.status >= 300) return response;
  return jsonResponse(complete(JSON.parse(response.body.toString()) as Answer));
}
