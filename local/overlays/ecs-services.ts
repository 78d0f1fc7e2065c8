import { type HttpResponse, jsonResponse } from "../http";
import type { Call } from "../routing";

/** What moto's CreateService forgets, although its UpdateService knows some of it. */
const FORGOTTEN = [
  "availabilityZoneRebalancing",
  "capacityProviderStrategy",
  "deploymentConfiguration",
  "enableECSManagedTags",
  "enableExecuteCommand",
  "healthCheckGracePeriodSeconds",
  "placementConstraints",
  "placementStrategy",
  "serviceConnectConfiguration",
  "volumeConfigurations",
] as const;

type Settings = Partial<Record<(typeof FORGOTTEN)[number], unknown>>;

/** What CreateService sets when the request does not. */
const DEFAULTS: Settings = {
  availabilityZoneRebalancing: "ENABLED",
  deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
  enableECSManagedTags: false,
  enableExecuteCommand: false,
};

interface Service {
  serviceArn: string;
  desiredCount: number;
  launchType?: string;
  networkConfiguration?: object;
  deployments?: object[];
}

interface Input extends Settings {
  networkConfiguration?: { awsvpcConfiguration?: { securityGroups?: string[] } };
}

/**
 * ECS services as Terraform makes and reads them. Local AWS has no scheduler of ECS services: a service keeps its settings
 * and its desired count, and starts no task.
 */
export class EcsServices {
  private readonly settings = new Map<string, Settings>();

  constructor(
    private readonly forward: (call: Call) => Promise<HttpResponse>,
    private readonly log: (line: string) => void,
  ) {}

  /** Answers a call on ECS services, and forwards every other one. */
  async handle(call: Call, input: unknown): Promise<HttpResponse> {
    switch (call.action) {
      case "CreateService":
      case "UpdateService": {
        const response = await this.forward(withSecurityGroups(call, input as Input));
        return completed<{ service: Service }>(response, ({ service }) => {
          this.keep(call.action, service, input as Input);
          return { service: this.complete(service) };
        });
      }
      case "DeleteService":
        return completed<{ service: Service }>(await this.forward(call), ({ service }) => ({
          service: this.complete(service),
        }));
      case "DescribeServices":
        return completed<{ services: Service[]; failures: object[] }>(await this.forward(call), (found) => ({
          ...found,
          services: found.services.map((service) => this.complete(service)),
        }));
      default:
        return this.forward(call);
    }
  }

  private keep(action: string, { serviceArn, desiredCount }: Service, input: Input): void {
    const before = action === "CreateService" ? DEFAULTS : this.settings.get(serviceArn);
    const given = FORGOTTEN.filter((name) => isGiven(input[name])).map((name) => [name, input[name]]);
    this.settings.set(serviceArn, { ...before, ...Object.fromEntries(given) });
    if (desiredCount > 0)
      this.log(
        `ecs ${action} ${serviceArn}: the desired count is ${desiredCount}, but local AWS has no scheduler of ECS services and starts no task of it`,
      );
  }

  private complete({ launchType, networkConfiguration, ...service }: Service): object {
    const settings = this.settings.get(service.serviceArn) ?? {};
    const { desiredCount } = service;
    const counts = { desiredCount, runningCount: 0, pendingCount: 0 };
    const rolloutState = desiredCount === 0 ? "COMPLETED" : "IN_PROGRESS";
    return {
      ...service,
      ...settings,
      ...counts,
      // A service has a launch type or a strategy. The AWS provider cannot read an empty network configuration.
      ...(settings.capacityProviderStrategy === undefined ? { launchType } : {}),
      ...(Object.keys(networkConfiguration ?? {}).length > 0 ? { networkConfiguration } : {}),
      deployments: service.deployments?.map((deployment) => ({ ...deployment, ...counts, rolloutState })),
    };
  }
}

/** moto fails on a service without security groups, which AWS gives the default group of the VPC. */
function withSecurityGroups(call: Call, input: Input): Call {
  const { awsvpcConfiguration } = input.networkConfiguration ?? {};
  if (awsvpcConfiguration === undefined || awsvpcConfiguration.securityGroups !== undefined) return call;
  const networkConfiguration = { awsvpcConfiguration: { ...awsvpcConfiguration, securityGroups: [] } };
  const body = Buffer.from(JSON.stringify({ ...input, networkConfiguration }));
  const headers = { ...call.request.headers, "content-length": String(body.length) };
  return { ...call, request: { ...call.request, headers, body } };
}

/** The AWS provider sends empty lists for what is not configured. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

function completed<Answer>(response: HttpResponse, complete: (answer: Answer) => object): HttpResponse {
  if (response.status >= 300) return response;
  return jsonResponse(complete(JSON.parse(response.body.toString()) as Answer));
}
