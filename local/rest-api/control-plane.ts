import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import { Remembered } from "../remembered";
import type { Call, Caller } from "../routing";
import { askRest, type Upstream } from "../upstream";
import { Authorizations, normalized } from "./open-api";
import type { Resource } from "./resources";

/** A stage, as GetStage answers it. */
export interface Stage {
  deploymentId: string;
  variables?: Record<string, string> | null;
  methodSettings?: Record<string, { throttlingRateLimit?: number; throttlingBurstLimit?: number }> | null;
}

export interface BasePathMapping {
  /** "(none)" = every path */
  basePath?: string | null;
  restApiId: string;
  stage: string;
}

export interface RestApi {
  binaryMediaTypes?: string[] | null;
  disableExecuteApiEndpoint?: boolean | null;
}

/** The APIs as they are deployed: moto keeps them; this keeps what a deployment took a copy of. */
export class ControlPlane {
  private readonly owners = new Map<string, Caller>();
  private readonly domains = new Map<string, Caller>();
  private readonly authorizations = new Map<string, Authorizations>();
  private readonly deployments = new Map<string, Resource[]>();
  private readonly remembered = new Remembered();

  constructor(private readonly upstream: Upstream) {}

  async forward(call: Call): Promise<HttpResponse> {
    const response = await this.upstream.send(call);
    if (call.request.method === "GET") return response;
    this.remembered.forget();
    if (response.status < 300) await this.note(call, response);
    return response;
  }

  private async note(call: Call, response: HttpResponse): Promise<void> {
    const { body, method, path } = call.request;
    const { id } = JSON.parse(response.body.toString() || "{}") as { id?: string };
    const [, apiId, deployments] = /^\/restapis(?:\/([^/]+)(\/deployments)?)?\/?$/.exec(path) ?? [];
    if (method === "POST" && /^\/domainnames\/?$/.test(path)) {
      const { domainName = "" } = JSON.parse(body.toString()) as { domainName?: string };
      this.domains.set(domainName.toLowerCase(), { account: call.account, region: call.region });
    }
    if (!id) return;
    if (method === "PUT" && apiId) this.authorizations.set(apiId, new Authorizations(body.toString()));
    if (method === "POST" && !apiId && path.startsWith("/restapis")) {
      this.owners.set(id, { account: call.account, region: call.region });
      if (call.request.query.get("mode") === "import")
        this.authorizations.set(id, new Authorizations(body.toString()));
    }
    if (method === "POST" && apiId && deployments) {
      this.deployments.set(`${apiId}/${id}`, await this.resources(call, apiId));
    }
  }

  /** Whose API it is: requests to one need not be signed. */
  ownerOf(apiId: string): Caller | undefined {
    return this.owners.get(apiId);
  }

  hasDomain(name: string): boolean {
    return this.domains.has(name);
  }

  /** What the paths of a domain name lead to; undefined when it is not one of API Gateway's. */
  async mappings(host: string): Promise<BasePathMapping[] | undefined> {
    const caller = this.domains.get(host);
    if (!caller) return undefined;
    const url = `/domainnames/${host}/basepathmappings`;
    return (await this.look<{ item?: BasePathMapping[] }>(caller, url))?.item ?? [];
  }

  api(caller: Caller, apiId: string): Promise<RestApi | undefined> {
    return this.look(caller, `/restapis/${apiId}`);
  }

  stage(caller: Caller, apiId: string, name: string): Promise<Stage | undefined> {
    return this.look(caller, `/restapis/${apiId}/stages/${encodeURIComponent(name)}`);
  }

  deployed(apiId: string, { deploymentId }: Stage): Resource[] {
    return this.deployments.get(`${apiId}/${deploymentId}`) ?? [];
  }

  async validatesParameters(caller: Caller, apiId: string, validatorId: string): Promise<boolean> {
    const url = `/restapis/${apiId}/requestvalidators/${validatorId}`;
    const found = await this.look<{ validateRequestParameters?: boolean }>(caller, url);
    return found?.validateRequestParameters ?? false;
  }

  private async resources(caller: Caller, apiId: string): Promise<Resource[]> {
    const url = `/restapis/${apiId}/resources?embed=methods`;
    const body = await askRest(this.upstream, caller, "apigateway", url);
    const { item = [] } = JSON.parse(body.toString()) as { item?: Resource[] };
    return item.map((resource) => normalized(resource, this.authorizations.get(apiId)));
  }

  private look<T>(caller: Caller, url: string): Promise<T | undefined> {
    return this.remembered.once(caller, url, async () => {
      try {
        return JSON.parse((await askRest(this.upstream, caller, "apigateway", url)).toString()) as T;
      } catch (error) {
        if (error instanceof AwsError && error.status === 404) return undefined;
        throw error;
      }
    });
  }
}
