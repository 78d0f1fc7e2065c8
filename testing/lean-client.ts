import type { ConfiguredRetryStrategy } from "@smithy/core/retry";
import type { HttpRequest } from "@smithy/core/transport";

// What these put into a request, nobody reads in process.
const superfluous = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

type Retries = Pick<
  ConfiguredRetryStrategy,
  "acquireInitialRetryToken" | "refreshRetryTokenForRetry" | "recordSuccess"
>;
type Token = Awaited<ReturnType<Retries["acquireInitialRetryToken"]>>;

const attempts = 3;
const firstWaitMs = 100;
const retried = ["THROTTLING", "TRANSIENT"];

// The SDK's standard strategy waits by the real clock, even for nothing: a test would not run twice in the same way.
const retriesByClock = (sleep: (ms: number) => Promise<void>): Retries => {
  const token = (count: number): Token => ({
    getRetryCount: () => count,
    getRetryDelay: () => 0,
    getRetryCost: () => undefined,
  });
  return {
    acquireInitialRetryToken: async () => token(0),
    refreshRetryTokenForRetry: async (last, { errorType }) => {
      const count = last.getRetryCount() + 1;
      if (count === attempts || !retried.includes(errorType)) throw new Error("no further try");
      await sleep(firstWaitMs * 2 ** count);
      return token(count);
    },
    recordSuccess: () => {},
  };
};

/**
 * What makes an SDK client fast enough for thousands of tests against local AWS in process, which reads the credential
 * scope of a signature and checks none.
 * @param service as in a signature's credential scope
 * @param sleep by the clock that its retries wait by
 */
export const leanConfig = (service: string, sleep: (ms: number) => Promise<void>) => ({
  signer: {
    sign: async (request: HttpRequest) => {
      request.headers.authorization = `Credential=local/20260101/eu-west-1/${service}/aws4_request`;
      return request;
    },
  } as never,
  cacheMiddleware: true,
  retryStrategy: retriesByClock(sleep),
});

export const lean = <Client extends { middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client => {
  for (const name of superfluous) client.middlewareStack.remove(name);
  return client;
};
