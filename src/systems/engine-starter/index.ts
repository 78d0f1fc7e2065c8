import type { Construct } from "constructs";
import { sortedEntries } from "../../core/maps";
import { Twin } from "../../core/twin";
import { check } from "../../core/validation";
import { EventDrivenEcs, type EventDrivenEcsProps, type Service } from "../../event-driven-ecs";
import type { LaunchRoute } from "../../launcher/route";

const ports = { auth: 8080, pdf: 9080, fa: 2531, users: 8080, batch: 8080 } as const;

/** One of the five engines. */
export type Engine = keyof typeof ports;

/** A service of the unified layout, whose path is given by its name. */
export type EngineSettings = Omit<
  Service,
  "path" | "priority" | "stickinessSeconds" | "mountPath" | "networkMode" | "ephemeralStorageGib"
>;

export interface EngineStarterProps
  extends Pick<
    EventDrivenEcsProps,
    | "name"
    | "createNetwork"
    | "network"
    | "existingNetwork"
    | "createCluster"
    | "existingCluster"
    | "loadBalancer"
    | "schedules"
    | "functionArchitecture"
    | "logRetentionDays"
    | "kmsKeyArn"
    | "alarmActions"
    | "tags"
  > {
  /**
   * The engines, or some of them. Each is reached at `/api/<name>/*` while it runs. `port` is 8080 (auth, users,
   * batch), 9080 (pdf) or 2531 (fa) unless given.
   */
  readonly services: Readonly<Partial<Record<Engine, EngineSettings>>>;
  /**
   * `source` of the events `Start ECS Task` and `Stop ECS Tasks`, which name services in `detail.service` and
   * `detail.services`.
   * @default "custom.app"
   */
  readonly eventSource?: string;
}

/**
 * Five engines that run on request only: an event starts one, it joins its target group while it runs, and one load
 * balancer leads `/api/auth/*`, `/api/pdf/*`, `/api/fa/*`, `/api/users/*` and `/api/batch/*` to them. Twin of the
 * module `systems/engine-starter`.
 *
 * @throws ValidationError when a service is none of the five, or a value is one that AWS refuses.
 */
export class EngineStarter extends Twin {
  readonly clusterName: string;
  readonly vpcId: string;
  readonly loadBalancerDnsName: string;
  readonly loadBalancerZoneId: string | undefined;
  readonly functionName: string;
  readonly registrarFunctionName: string;
  readonly registrarDeadLetterQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly routes: Readonly<Record<string, LaunchRoute>>;

  constructor(scope: Construct, id: string, { eventSource = "custom.app", ...props }: EngineStarterProps) {
    super(scope, id);
    const known = Object.keys(ports)
      .map((engine) => `"${engine}"`)
      .join(", ");
    check(
      this,
      Object.keys(props.services).length > 0,
      `services names nothing; the engines are ${known}. For others take EventDrivenEcs.`,
    );
    const services: Record<string, Service> = {};
    for (const [service, settings] of sortedEntries(props.services as Record<string, EngineSettings>)) {
      check(
        this,
        Object.hasOwn(ports, service),
        `services names "${service}"; the engines are ${known}. For others take EventDrivenEcs.`,
      );
      services[service] = {
        ...settings,
        port: settings.port ?? ports[service as Engine],
        path: `/api/${service}/*`,
      };
    }

    const engines = this.twinModule(
      "module.engines",
      new EventDrivenEcs(this, "engines", {
        ...props,
        services,
        events: { start: { source: [eventSource], detailType: ["Start ECS Task"] } },
        stopEvents: { stop: { source: [eventSource] } },
      }),
    );
    this.clusterName = engines.clusterName;
    this.vpcId = engines.vpcId;
    this.loadBalancerDnsName = engines.loadBalancerDnsName!;
    this.loadBalancerZoneId = engines.loadBalancerZoneId;
    this.functionName = engines.functionName;
    this.registrarFunctionName = engines.registrarFunctionName!;
    this.registrarDeadLetterQueueUrl = engines.registrarDeadLetterQueueUrl!;
    this.deadLetterQueueUrl = engines.deadLetterQueueUrl;
    this.routes = engines.routes;
  }
}
