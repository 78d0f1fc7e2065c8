import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { TokenBucket } from "../ecs/token-bucket";
import type { HttpRequest, HttpResponse } from "../http";
import type { Authorization } from "../iam/authorization";
import type { Outcome } from "../lambda/types";
import { messageOf } from "../message-of";
import { type Accounts, type Call, identify } from "../routing";
import type { Upstream } from "../upstream";
import { type Address, addressByDomain, addressOf } from "./address";
import { type ApiRequest, arnOf } from "./api-request";
import { ControlPlane, type Stage } from "./control-plane";
import { proxyEvent } from "./proxy-event";
import { findResource, type Method } from "./resources";
import { failed, GatewayResponse, gatewayResponse, mockResponse, proxyResponse } from "./responses";

export interface RestApisOptions {
  accounts: Accounts;
  authorization: Pick<Authorization, "check">;
  clock: Clock;
  upstream: Upstream;
  /** Runs a function. Rejects with the error of Lambda. */
  invoke(functionArn: string, event: string, sourceArn: string): Promise<Outcome>;
  log(line: string): void;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const MAX_INTEGRATION_MS = 29_000;

/** REST APIs of Amazon API Gateway: requests to APIs are answered here, the control plane is moto. */
export class RestApis {
  private readonly controlPlane: ControlPlane;
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(private readonly options: RestApisOptions) {
    this.controlPlane = new ControlPlane(options.upstream);
  }

  /** Answers a call of the control plane. */
  handle(call: Call): Promise<HttpResponse> {
    return this.controlPlane.forward(call);
  }

  /** Whether a name is the custom domain name of an API. */
  hasDomain(name: string): boolean {
    return this.controlPlane.hasDomain(name);
  }

  /** Whether {@link serve} answers a request. */
  isFor(request: HttpRequest): boolean {
    return this.hasDomain(domainOf(request)) || addressOf(request) !== undefined;
  }

  /** Answers a request to a deployed API. Returns undefined if it is not for an API. */
  async serve(request: HttpRequest): Promise<HttpResponse | undefined> {
    const domain = domainOf(request);
    const mappings = await this.controlPlane.mappings(domain);
    const address = mappings ? addressByDomain(request, domain, mappings) : addressOf(request);
    if (!address && !mappings) return undefined;
    const requestId = randomUUID();
    try {
      if (!address) throw new GatewayResponse(403, "Forbidden", "ForbiddenException");
      const apiRequest = await this.resolveRequest(request, address, requestId);
      await this.authorize(apiRequest);
      await this.validate(apiRequest);
      return await this.integrate(apiRequest);
    } catch (error) {
      if (error instanceof GatewayResponse) return gatewayResponse(error, requestId);
      throw error;
    }
  }

  private async resolveRequest(
    request: HttpRequest,
    address: Address,
    requestId: string,
  ): Promise<ApiRequest> {
    const { apiId, path } = address;
    const caller = this.controlPlane.ownerOf(apiId);
    const api = caller && (await this.controlPlane.api(caller, apiId));
    const stage = caller && (await this.controlPlane.stage(caller, apiId, address.stage));
    if (!caller || !api || !stage || (api.disableExecuteApiEndpoint && !address.domainName)) {
      throw new GatewayResponse(403, "Forbidden", "ForbiddenException");
    }
    const found = findResource(this.controlPlane.deployed(apiId, stage), path);
    const methods = found?.resource.resourceMethods;
    const method = methods?.[request.method] ?? methods?.ANY;
    if (!found || !method) throw missingToken();
    this.throttle(stage, address, found.resource.path, request.method);
    const { service, accessKey } = identify(request, this.options.accounts);
    return {
      request,
      address,
      caller,
      requestId,
      method,
      ...found,
      accessKey: service === "execute-api" ? accessKey : "",
      stageVariables: stage.variables ?? {},
      binaryMediaTypes: api.binaryMediaTypes ?? [],
      at: this.options.clock.now(),
    };
  }

  // Settings of a method have precedence over those of all methods. API Gateway names them like "items~1{id}/GET".
  private throttle(stage: Stage, { apiId, stage: name }: Address, path: string, method: string): void {
    const { methodSettings } = stage;
    const own = `${path.slice(1).replaceAll("/", "~1")}/${method}`;
    const key = methodSettings?.[own] ? own : "*/*";
    const { throttlingBurstLimit, throttlingRateLimit } = methodSettings?.[key] ?? {};
    if (throttlingBurstLimit === undefined || throttlingRateLimit === undefined) return;
    if (throttlingRateLimit < 0) return;
    const id = [apiId, name, key, throttlingBurstLimit, throttlingRateLimit].join(" ");
    const bucket =
      this.buckets.get(id) ?? new TokenBucket(this.options.clock, throttlingBurstLimit, throttlingRateLimit);
    this.buckets.set(id, bucket);
    if (!bucket.take(1)) throw new GatewayResponse(429, "Too Many Requests", "TooManyRequestsException");
  }

  private async authorize(apiRequest: ApiRequest): Promise<void> {
    const type = apiRequest.method.authorizationType;
    if (type === "NONE") return;
    if (type !== "AWS_IAM") {
      this.options.log(
        `api gateway: ${apiRequest.resource.path} denies all requests: local AWS supports the authorizations NONE and AWS_IAM, not ${type}`,
      );
      throw failed();
    }
    if (!apiRequest.accessKey) throw missingToken();
    const call: Call = {
      ...apiRequest.caller,
      service: "execute-api",
      action: "Invoke",
      accessKey: apiRequest.accessKey,
      request: apiRequest.request,
    };
    const permission = { action: "execute-api:Invoke", resource: arnOf(apiRequest, apiRequest.address.path) };
    await this.options.authorization
      .check(call, async () => [permission])
      .catch((error: unknown) => {
        if (!(error instanceof AwsError)) throw error;
        throw new GatewayResponse(403, error.message, "AccessDeniedException", "Message");
      });
  }

  private async validate({ address, caller, method, request }: ApiRequest): Promise<void> {
    const { requestParameters, requestValidatorId } = method;
    if (!requestValidatorId) return;
    if (!(await this.controlPlane.validatesParameters(caller, address.apiId, requestValidatorId))) return;
    const missing = missingParameters(requestParameters, request);
    if (missing.length === 0) return;
    const message = `Missing required request parameters: [${missing.join(", ")}]`;
    throw new GatewayResponse(400, message, "BadRequestException");
  }

  private async integrate(apiRequest: ApiRequest): Promise<HttpResponse> {
    const { type, uri } = apiRequest.method.methodIntegration ?? {};
    if (type === "MOCK") return mockResponse(apiRequest);
    const functionArn = /\/functions\/(arn:.+)\/invocations$/.exec(uri ?? "")?.[1];
    if (type !== "AWS_PROXY" || !functionArn) {
      this.options.log(`api gateway: local AWS does not support integrations of type ${type} with ${uri}`);
      throw failed();
    }
    const { failed: threw, payload } = await this.inTime(apiRequest, this.invoke(functionArn, apiRequest));
    if (threw) throw new GatewayResponse(502, "Internal server error", "InternalServerErrorException");
    return proxyResponse(payload, apiRequest);
  }

  private async invoke(functionArn: string, apiRequest: ApiRequest): Promise<Outcome> {
    const sourceArn = arnOf(apiRequest, apiRequest.resource.path);
    try {
      return await this.options.invoke(functionArn, JSON.stringify(proxyEvent(apiRequest)), sourceArn);
    } catch (error) {
      this.options.log(`api gateway: ${sourceArn} did not reach ${functionArn}: ${messageOf(error)}`);
      throw failed();
    }
  }

  private async inTime<T>({ method }: ApiRequest, integration: Promise<T>): Promise<T> {
    const limit = Number(method.methodIntegration?.timeoutInMillis ?? MAX_INTEGRATION_MS);
    let cancel = () => {};
    const late = new Promise<never>((_, reject) => {
      cancel = this.options.clock.setTimer(limit, () =>
        reject(new GatewayResponse(504, "Endpoint request timed out", "InternalServerErrorException")),
      );
    });
    try {
      return await Promise.race([integration, late]);
    } finally {
      cancel();
    }
  }
}

function domainOf({ headers }: HttpRequest): string {
  return headers.host?.split(":")[0]?.toLowerCase() ?? "";
}

function missingToken(): GatewayResponse {
  return new GatewayResponse(403, "Missing Authentication Token", "MissingAuthenticationTokenException");
}

function missingParameters(
  parameters: Method["requestParameters"],
  { headers, query }: HttpRequest,
): string[] {
  return Object.entries(parameters ?? {}).flatMap(([parameter, required]) => {
    const [, place, name = ""] = /^method\.request\.(querystring|header)\.(.+)$/.exec(parameter) ?? [];
    if (!required || !place) return [];
    const given = place === "header" ? headers[name.toLowerCase()] : query.get(name);
    return given ? [] : [name];
  });
}
