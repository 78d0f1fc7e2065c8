import type { HttpRequest } from "@smithy/core/transport";

/**
 * For the option `signerConstructor` of SDK clients whose calls go to local AWS in process: it reads the credential
 * scope of a signature and checks none. Signing would be a third of what a call costs there.
 */
export class Unsigned {
  private readonly scope: string;

  constructor({ region, service }: { region: string; service: string }) {
    this.scope = `Credential=local/20260101/${region}/${service}/aws4_request`;
  }

  async sign(request: HttpRequest): Promise<HttpRequest> {
    request.headers.authorization = this.scope;
    return request;
  }
}
