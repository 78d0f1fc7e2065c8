import type { Construct } from "constructs";
import { sortedEntries } from "../../core/maps";
import type { PropPaths } from "../../core/prop-paths";
import { withoutNulls } from "../../core/props";
import { Twin } from "../../core/twin";
import { typed } from "../../core/typed";
import { check } from "../../core/validation";
import { EventDrivenEcs, type EventDrivenEcsProps, type Service } from "../../event-driven-ecs";
import type { LaunchRoute } from "../../launcher/route";

/** Default port of each engine. */
const ports = { auth: 8080, pdf: 9080, fa: 2531, users: 8080, batch: 8080 } as const;

/** Name of one of the five engines. */
export type Engine = keyof typeof ports;

/** A service of the unified layout whose path is `/api/<name>/*`. The engines share no file system. */
export type EngineSettings = Omit<Service, "path" | "mountPath">;

/** Where the props of the layout are in those of the engine starter, for error messages. */
const paths: PropPaths = {
  under: "",
  others: { "events.start.source": "eventSource", "stopEvents.stop.source": "eventSource" },
};

/** Props of {@link EngineStarter}. */
export interface EngineStarterProps
  extends Pick<
    EventDrivenEcsProps,
    | "name"
    | "createNetwork"
    | "network"
    | "existingNetwork"
    | "createCluster"
    | "existingCluster"
    | "capacityProviders"
    | "loadBalancer"
    | "schedules"
    | "createRunHistory"
    | "createRunHistoryPolicy"
    | "functionArchitecture"
    | "functionRuntime"
    | "logRetentionDays"
    | "kmsKeyArn"
    | "alarmActions"
    | "roles"
    | "names"
    | "tags"
  > {
  /**
   * The engines, by name: one or more of `auth`, `pdf`, `fa`, `users` and `batch`. The load balancer leads
   * `/api/<name>/*` to the tasks of an engine. The default of `port` is 8080 (auth, users, batch), 9080 (pdf) or 2531
   * (fa).
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
 * Five engines that run on request only: an event starts a task of one, the task is registered in its target group while
 * it runs, and one load balancer leads `/api/auth/*`, `/api/pdf/*`, `/api/fa/*`, `/api/users/*` and `/api/batch/*` to
 * them. Twin of the module `systems/engine-starter`.
 *
 * @example
 * import { TerraformOutput } from "cdktf";
 * import { EngineStarter } from "cdktf-event-driven-ecs/systems/engine-starter";
 *
 * const engines = new EngineStarter(this, "engines", {
 *   name: "engines",
 *   network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
 *   services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2" }, pdf: { image: "ghcr.io/acme/pdf-creator:3.0.0" } },
 *   loadBalancer: { internal: true, protocol: "HTTP", ingress: { vpc: "10.0.0.0/16" } },
 * });
 * new TerraformOutput(this, "dns_name", { value: engines.loadBalancerDnsName });
 *
 * @throws ValidationError when a service is none of the five, or AWS would refuse a value.
 */
export class EngineStarter extends Twin {
  /** Name of the ECS cluster. */
  readonly clusterName: string;
  /** ID of the VPC. */
  readonly vpcId: string;
  /** DNS name of the load balancer. */
  readonly loadBalancerDnsName: string;
  /**
   * ID of the Route 53 hosted zone of the load balancer's DNS name, for an alias record. Not set unless the load
   * balancer is created.
   */
  readonly loadBalancerZoneId: string | undefined;
  /** Name of the Lambda function `start-task`. */
  readonly functionName: string;
  /** Name of the Lambda function `register-targets`. */
  readonly registrarFunctionName: string;
  /**
   * URL of the dead-letter queue (DLQ) of the registrar: it holds each event that the registrar could not handle, with
   * the reason.
   */
  readonly registrarDeadLetterQueueUrl: string;
  /**
   * URL of the dead-letter queue (DLQ) of the launcher: it holds each event that started no task, or whose task failed
   * and is not retried, with the reason.
   */
  readonly deadLetterQueueUrl: string;
  /** Name of the log group that holds each end of a task. Not set if `createRunHistory` is false. */
  readonly runHistoryLogGroupName: string | undefined;
  /** Launch route of each service, by the service's name. */
  readonly routes: Readonly<Record<string, LaunchRoute>>;

  constructor(scope: Construct, id: string, given: EngineStarterProps) {
    super(scope, id);
    const { eventSource = "custom.app", ...props } = typed(
      this,
      "systems/engine-starter",
      withoutNulls(given),
    );
    this.useNames(props.names);
    const known = Object.keys(ports)
      .map((engine) => `"${engine}"`)
      .join(", ");
    check(
      this,
      Object.keys(props.services).length > 0,
      `services names no engine; the engines are ${known}. For other services use EventDrivenEcs.`,
    );
    const services: Record<string, Service> = {};
    for (const [service, settings] of sortedEntries(props.services as Record<string, EngineSettings>)) {
      check(
        this,
        Object.hasOwn(ports, service),
        `services names "${service}"; the engines are ${known}. For other services use EventDrivenEcs.`,
      );
      services[service] = {
        ...settings,
        port: settings.port ?? ports[service as Engine],
        path: `/api/${service}/*`,
      };
    }

    const engines = this.twinModule(
      "module.engines",
      new EventDrivenEcs(this, this.nested("engines", paths), {
        ...props,
        names: this.namesIn("module.engines"),
        services,
        events: { start: { source: [eventSource], detailType: ["Start ECS Task"] } },
        stopEvents: { stop: { source: [eventSource] } },
      }),
    );
    this.refuseUnknownNames();
    this.clusterName = engines.clusterName;
    this.vpcId = engines.vpcId;
    this.loadBalancerDnsName = engines.loadBalancerDnsName!;
    this.loadBalancerZoneId = engines.loadBalancerZoneId;
    this.functionName = engines.functionName;
    this.registrarFunctionName = engines.registrarFunctionName!;
    this.registrarDeadLetterQueueUrl = engines.registrarDeadLetterQueueUrl!;
    this.deadLetterQueueUrl = engines.deadLetterQueueUrl;
    this.runHistoryLogGroupName = engines.runHistoryLogGroupName;
    this.routes = engines.routes;
  }
}
