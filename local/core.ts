import { ApplicationAutoScaling } from "./application-auto-scaling";
import { AwsError, CallerCrash } from "./aws-error";
import type { Clock } from "./clock";
import { CloudWatch } from "./cloudwatch";
import type { Credentials } from "./credentials";
import { Ecs, type EcsOptions, type TaskStateChange } from "./ecs";
import { AgentEndpoint } from "./ecs/agent-endpoint";
import { checkProviders } from "./ecs/capacity/check-providers";
import { Directory } from "./ecs/directory";
import { EcsServices } from "./ecs/services";
import { ServiceTargets } from "./ecs/services/service-targets";
import { EventBridge } from "./events";
import type { Event } from "./events/event";
import type { ServiceEvent } from "./events/service-event";
import type { Fault, Faults } from "./faults";
import { errorResponse, type HttpRequest, type HttpResponse, jsonResponse } from "./http";
import type { Authorization } from "./iam/authorization";
import { requiredPermissions } from "./iam/permissions";
import { keyPolicy } from "./iam/permissions/kms";
import { Lambda } from "./lambda";
import type { Executor } from "./lambda/types";
import { LoadBalancing, type LoadBalancingOptions } from "./load-balancing";
import { Metrics } from "./metrics";
import { BucketOwners } from "./overlays/bucket-owners";
import { BucketPolicies } from "./overlays/bucket-policies";
import { FileSystemPolicies } from "./overlays/file-system-policies";
import { Objects } from "./overlays/objects";
import { SecurityGroupRules } from "./overlays/security-group-rules";
import { Rds } from "./rds";
import type { ServerHost } from "./rds/database-server";
import { RestApis } from "./rest-api";
import { type Accounts, type Call, type Caller, DEFAULT_ACCOUNT, identify } from "./routing";
import { Scheduler } from "./scheduler";
import { ServiceCalls } from "./service-calls";
import { Sqs } from "./sqs";
import { StepFunctions } from "./states";
import type { Upstream } from "./upstream";

export interface CoreOptions
  extends Pick<EcsOptions, "runner" | "timings" | "throttled" | "failuresUseUpTokens">,
    Pick<LoadBalancingOptions, "healthCheck"> {
  clock: Clock;
  faults: Faults;
  upstream: Upstream;
  accounts: Accounts;
  authorization: Authorization;
  credentials: Pick<Credentials, "assumeRole">;
  executor: Executor;
  /** Where database servers run; undefined: nowhere, as in process. */
  databases?: ServerHost;
  endpoint: () => string;
  onTaskEvent(event: TaskStateChange): void;
  /** Called with the events of ECS services and alarms. */
  onServiceEvent?(event: ServiceEvent): void;
  /** Kills the function that makes calls with this access key. */
  crash(accessKey: string): Promise<void>;
  log(line: string): void;
}

/** The emulated accounts without sockets: answers requests as SDKs make them. */
export class Core {
  readonly ecs: Ecs;
  readonly loadBalancing: LoadBalancing;
  readonly sqs: Sqs;
  readonly states: StepFunctions;
  readonly metrics: Metrics;
  private readonly directory: Directory;
  private readonly lambda: Lambda;
  private readonly events: EventBridge;
  readonly rds: Rds;
  readonly restApis: RestApis;
  private readonly scheduler: Scheduler;
  private readonly bucketPolicies = new BucketPolicies();
  private readonly bucketOwners = new BucketOwners();
  private readonly fileSystemPolicies = new FileSystemPolicies();
  private readonly objects: Objects;
  private readonly ecsServices: EcsServices;
  private readonly agent: AgentEndpoint;
  private readonly cloudWatch: CloudWatch;
  private readonly autoScaling: ApplicationAutoScaling;
  private readonly securityGroupRules = new SecurityGroupRules();

  constructor(private readonly options: CoreOptions) {
    const { clock, endpoint, faults, onTaskEvent, upstream } = options;
    const calls = new ServiceCalls({ ...options, send: (request) => this.handle(request) });
    const forward = (call: Call) => this.forward(call);
    this.directory = new Directory(upstream);
    this.objects = new Objects({
      forward,
      requireListPermission: (call, resource) =>
        options.authorization.check(call, async () => [{ action: "s3:ListBucket", resource }]),
    });
    this.scheduler = new Scheduler({ ...options, calls });
    this.rds = new Rds({ ...options, forward });
    this.metrics = new Metrics(options.log);
    const { metrics } = this;
    this.sqs = new Sqs(clock, endpoint);
    this.lambda = new Lambda({ ...options, metrics, sqs: this.sqs });
    this.events = new EventBridge({
      ...options,
      calls,
      metrics,
      sqs: this.sqs,
      invoke: (arn, event, sourceArn) =>
        faults.apply(faults.take("lambda", "Invoke"), () =>
          this.lambda.accept(arn, event, { service: "events.amazonaws.com", sourceArn }),
        ),
    });
    this.restApis = new RestApis({
      ...options,
      invoke: (arn, event, sourceArn) =>
        faults.apply(faults.take("lambda", "Invoke"), () =>
          this.lambda.answer(arn, event, { service: "apigateway.amazonaws.com", sourceArn }),
        ),
    });
    this.states = new StepFunctions({
      ...options,
      calls,
      publish: (caller, event) => this.publishStateChange(caller, event),
    });
    this.loadBalancing = new LoadBalancing({ ...options, localPort: (...of) => this.ecs.localPort(...of) });
    this.ecs = new Ecs({
      ...options,
      directory: this.directory,
      publish: (caller, event) => {
        onTaskEvent(event);
        this.publishStateChange(caller, event);
      },
      taskChanged: (task) => this.ecsServices.taskChanged(task),
    });
    this.agent = new AgentEndpoint(this.ecs, options.authorization, faults);
    const publish = (caller: Caller, event: ServiceEvent) => {
      options.onServiceEvent?.(event);
      this.events.publish(caller, event);
    };
    this.ecsServices = new EcsServices({
      ...options,
      directory: this.directory,
      targets: new ServiceTargets(this.loadBalancing, clock),
      startTask: (caller, launch) =>
        this.ecs.startForService(
          caller,
          launch,
          faults.takeServiceTask({ ...launch.input, taskDefinition: launch.definition.taskDefinitionArn }),
        ),
      forward,
      publish,
    });
    this.cloudWatch = new CloudWatch({
      ...options,
      sqs: this.sqs,
      forward,
      publish,
      scale: (...breach) => this.autoScaling.scale(...breach),
    });
    this.autoScaling = new ApplicationAutoScaling({
      ...options,
      cloudWatch: this.cloudWatch,
      forward,
      service: (...of) => ({
        count: () => this.ecsServices.find(...of)?.desiredCount,
        set: (count) => {
          const service = this.ecsServices.find(...of);
          if (service) this.ecsServices.setDesiredCount(service, count);
        },
      }),
    });
  }

  /** Rejects with ConnectionReset or CallerCrash if a fault asks for it. Every other error is a response. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const { accounts, crash, faults } = this.options;
    const answered = (await this.restApis.serve(request)) ?? (await this.agent.serve(request));
    if (answered) return answered;
    const call = identify(request, accounts);
    const fault = faults.take(call.service, call.action, () => jsonBody(call));
    try {
      return await faults.apply(fault, () => this.answer(call, fault));
    } catch (error) {
      if (error instanceof CallerCrash) await crash(call.accessKey);
      if (error instanceof AwsError) return errorResponse(call.service, error, request.headers);
      throw error;
    }
  }

  /** Puts an event on the default bus as AWS services do. Returns it as rules get it; throws if it is none of theirs. */
  publish(region: string, event: ServiceEvent): Event {
    return this.events.publish({ account: DEFAULT_ACCOUNT, region }, event);
  }

  private publishStateChange(
    caller: Caller,
    { detailType, ...event }: Omit<ServiceEvent, "detail-type"> & { detailType: string },
  ): void {
    this.events.publish(caller, { ...event, "detail-type": detailType });
  }

  /** The resource-based policy of a resource in local AWS. */
  async resourcePolicy(arn: string): Promise<string | undefined> {
    switch (arn.split(":")[2]) {
      case "kms":
        return keyPolicy(this.options.upstream, arn);
      case "lambda":
        return this.lambda.policy(arn);
      case "s3":
        return this.bucketPolicies.of(arn);
      case "elasticfilesystem":
        return this.fileSystemPolicies.of(arn);
      case "sqs":
        return this.sqs.queueByArn(arn)?.attributes.Policy;
      default:
        return undefined;
    }
  }

  private async answer(call: Call, fault?: Fault): Promise<HttpResponse> {
    const { authorization, upstream } = this.options;
    const queueKey = (arn: string) => this.sqs.queueByArn(arn)?.attributes.KmsMasterKeyId;
    await authorization.check(call, () =>
      requiredPermissions(call, { directory: this.directory, queueKey, upstream }),
    );
    switch (call.service) {
      case "sqs":
        return jsonResponse(await this.sqs.handle(call, jsonBody(call)));
      case "ecs": {
        this.ecs.countCall(call);
        const input = jsonBody(call);
        if (this.ecs.owns(call, input)) return jsonResponse(await this.ecs.handle(call, input, fault));
        await checkProviders(call, input, this.directory, this.ecs.living(call));
        return this.ecsServices.handle(call, input);
      }
      case "application-autoscaling":
        return this.autoScaling.handle(call, jsonBody(call));
      case "monitoring":
        return this.cloudWatch.handle(call);
      case "events":
        return this.events.handle(call);
      case "lambda":
        return this.lambda.handle(call);
      case "apigateway":
        return this.restApis.handle(call);
      case "scheduler":
        return this.scheduler.handle(call);
      case "rds":
        return this.rds.handle(call);
      case "secretsmanager":
        return (await this.rds.handleSecret(call)) ?? this.forward(call);
      case "s3":
        this.bucketOwners.check(call);
        return this.bucketPolicies.handle(call) ?? this.objects.handle(call);
      case "elasticfilesystem":
        return this.fileSystemPolicies.handle(call) ?? this.forward(call);
      case "states":
        return this.states.handle(call);
      case "elasticloadbalancing":
        return this.loadBalancing.handle(call);
      case "ec2":
        return this.securityGroupRules.complete(call, await this.forward(call));
      default:
        return this.forward(call);
    }
  }

  private async forward(call: Call): Promise<HttpResponse> {
    const { accounts, authorization, upstream } = this.options;
    const response = await upstream.send(call);
    if (["ecs", "ec2"].includes(call.service) && !/^(Describe|List)/.test(call.action))
      this.directory.clearCache();
    if (call.service === "iam" && !/^(Get|List)/.test(call.action)) authorization.clearCache();
    if (call.service === "sts") {
      accounts.recordAssumedRole(response.body.toString());
      authorization.recordAssumedRole(call, response.body.toString());
    }
    return response;
  }
}

function jsonBody({ request }: Call): unknown {
  return JSON.parse(request.body.toString() || "{}");
}
