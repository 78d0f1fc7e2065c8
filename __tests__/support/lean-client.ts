import type { HttpRequest } from "@smithy/core/transport";

// What these put into a request, nobody reads in process.
const superfluous = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

/**
 * What makes an SDK client fast enough for thousands of tests against local AWS in process, which reads the credential
 * scope of a signature and checks none.
 * @param service as in a signature's credential scope
 */
export const leanConfig = (service: string) => ({
  signer: {
    sign: async (request: HttpRequest) => {
      request.headers.authorization = `Credential=local/20260101/eu-west-1/${service}/aws4_request`;
      return request;
    },
  } as never,
  cacheMiddleware: true,
});

export const lean = <Client extends { middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client => {
  for (const name of superfluous) client.middlewareStack.remove(name);
  return client;
};
