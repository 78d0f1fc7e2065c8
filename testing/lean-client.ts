import type { ConfiguredRetryStrategy } from "@smithy/core/retry";
import type { HttpRequest } from "@smithy/core/transport";

// Nothing in process reads the headers that these add.
const unneededMiddleware = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

type Retries = Pick<
  ConfiguredRetryStrategy,
  "acquireInitialRetryToken" | "refreshRetryTokenForRetry" | "recordSuccess"
>;
type Token = Awaited<ReturnType<Retries["acquireInitialRetryToken"]>>;

const attempts = 3;
const firstWaitMs = 100;
const retriedErrors = ["THROTTLING", "TRANSIENT"];

// The SDK's standard strategy waits by the real clock, so a test would not run the same way twice.
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
      if (count === attempts || !retriedErrors.includes(errorType)) throw new Error("no retry left");
      await sleep(firstWaitMs * 2 ** count);
      return token(count);
    },
    recordSuccess: () => {},
  };
};

/**
 * Options that make an SDK client fast enough for thousands of tests against local AWS in process, which reads only the
 * credential scope of a signature.
 * @param service as in a signature's credential scope
 * @param sleep waits by the clock of the retries
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

/** Removes middleware that a client in process does not need. */
export const lean = <Client extends { middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client => {
  for (const name of unneededMiddleware) client.middlewareStack.remove(name);
  return client;
};
