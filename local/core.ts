import { AwsError } from "./aws-error";
import type { Clock } from "./clock";
import { Ecs, type EcsOptions } from "./ecs";
import { Directory } from "./ecs/directory";
import type { Fault, Faults } from "./faults";
import { errorResponse, type HttpRequest, type HttpResponse, jsonResponse } from "./http";
import { Accounts, type Call, identify } from "./routing";
import { Sqs } from "./sqs";
import type { Upstream } from "./upstream";

export interface CoreOptions extends Pick<EcsOptions, "runner" | "timings" | "throttled" | "publish"> {
  clock: Clock;
  faults: Faults;
  upstream: Upstream;
  endpoint: () => string;
}

/** The emulated accounts, without sockets: takes requests as SDKs make them and answers them. */
export class Core {
  readonly accounts = new Accounts();
  readonly directory: Directory;
  readonly ecs: Ecs;
  readonly sqs: Sqs;

  constructor(private readonly options: CoreOptions) {
    const { clock, endpoint, upstream } = options;
    this.directory = new Directory(upstream);
    this.ecs = new Ecs({ ...options, directory: this.directory });
    this.sqs = new Sqs(clock, endpoint);
  }

  /** Rejects with ConnectionReset or CallerCrash when a fault says so; every other error is a response. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const call = identify(request, this.accounts);
    const { faults } = this.options;
    const fault = faults.take(call.service, call.action);
    try {
      return await faults.around(fault, () => this.answer(call, fault));
    } catch (error) {
      if (error instanceof AwsError) return errorResponse(call.service, error);
      throw error;
    }
  }

  private async answer(call: Call, fault?: Fault): Promise<HttpResponse> {
    const json = () => JSON.parse(call.request.body.toString() || "{}") as unknown;
    if (call.service === "sqs") return jsonResponse(await this.sqs.handle(call, json()));
    if (call.service === "ecs" && this.ecs.owns(call, json())) {
      return jsonResponse(await this.ecs.handle(call, json(), fault));
    }
    return this.forward(call);
  }

  private async forward(call: Call): Promise<HttpResponse> {
    const response = await this.options.upstream.send(call);
    if (["ecs", "ec2"].includes(call.service) && !/^(Describe|List)/.test(call.action))
      this.directory.forget();
    if (call.service === "sts") this.accounts.learn(response.body.toString());
    return response;
  }
}
