import { AnswerCache } from "../answer-cache";
import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import type { Call, Caller } from "../routing";
import { askRest, type Upstream } from "../upstream";
import { Authorizations, normalized } from "./open-api";
import type { Resource } from "./resources";

/** A stage, as in the response of GetStage. */
export interface Stage {
  deploymentId: string;
  variables?: Record<string, string> | null;
  methodSettings?: Record<string, { throttlingRateLimit?: number; throttlingBurstLimit?: number }> | null;
}

export interface BasePathMapping {
  /** "(none)": every path */
  basePath?: string | null;
  restApiId: string;
  stage: string;
}

export interface RestApi {
  binaryMediaTypes?: string[] | null;
  disableExecuteApiEndpoint?: boolean | null;
}

/** The deployed APIs. moto keeps them; this class keeps the resources of each deployment. */
export class ControlPlane {
  private readonly owners = new Map<string, Caller>();
  private readonly domains = new Map<string, Caller>();
  private readonly authorizations = new Map<string, Authorizations>();
  private readonly deployments = new Map<string, Resource[]>();
  private readonly cache = new AnswerCache();

  constructor(private readonly upstream: Upstream) {}

  async forward(call: Call): Promise<HttpResponse> {
    const response = await this.upstream.send(call);
    if (call.request.method === "GET") return response;
    this.cache.clear();
    if (response.status < 300) await this.recordWrite(call, response);
    return response;
  }

  private async recordWrite(call: Call, response: HttpResponse): Promise<void> {
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

  /** The owner of an API, since requests to it can be unsigned. */
  ownerOf(apiId: string): Caller | undefined {
    return this.owners.get(apiId);
  }

  hasDomain(name: string): boolean {
    return this.domains.has(name);
  }

  /** The base path mappings of a custom domain name; undefined if the name is not one. */
  async mappings(host: string): Promise<BasePathMapping[] | undefined> {
    const caller = this.domains.get(host);
    if (!caller) return undefined;
    const url = `/domainnames/${host}/basepathmappings`;
    return (await this.readOnce<{ item?: BasePathMapping[] }>(caller, url))?.item ?? [];
  }

  api(caller: Caller, apiId: string): Promise<RestApi | undefined> {
    return this.readOnce(caller, `/restapis/${apiId}`);
  }

  stage(caller: Caller, apiId: string, name: string): Promise<Stage | undefined> {
    return this.readOnce(caller, `/restapis/${apiId}/stages/${encodeURIComponent(name)}`);
  }

  deployed(apiId: string, { deploymentId }: Stage): Resource[] {
    return this.deployments.get(`${apiId}/${deploymentId}`) ?? [];
  }

  async validatesParameters(caller: Caller, apiId: string, validatorId: string): Promise<boolean> {
    const url = `/restapis/${apiId}/requestvalidators/${validatorId}`;
    const found = await this.readOnce<{ validateRequestParameters?: boolean }>(caller, url);
    return found?.validateRequestParameters ?? false;
  }

  private async resources(caller: Caller, apiId: string): Promise<Resource[]> {
    const url = `/restapis/${apiId}/resources?embed=methods`;
    const body = await askRest(this.upstream, caller, "apigateway", url);
    const { item = [] } = JSON.parse(body.toString()) as { item?: Resource[] };
    return item.map((resource) => normalized(resource, this.authorizations.get(apiId)));
  }

  private readOnce<T>(caller: Caller, url: string): Promise<T | undefined> {
    return this.cache.get(caller, url, async () => {
      try {
        return JSON.parse((await askRest(this.upstream, caller, "apigateway", url)).toString()) as T;
      } catch (error) {
        if (error instanceof AwsError && error.status === 404) return undefined;
        throw error;
      }
    });
  }
}
