import { NodeHttpHandler } from "@smithy/node-http-handler";

const requireVariable = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`environment: ${name}: expected a value, found nothing`);
  return value;
};

// Lambda sets the role's credentials in the environment. The SDK's default provider chain would make the bundle larger.
const readCredentials = async () => ({
  accessKeyId: requireVariable("AWS_ACCESS_KEY_ID"),
  secretAccessKey: requireVariable("AWS_SECRET_ACCESS_KEY"),
  sessionToken: process.env.AWS_SESSION_TOKEN,
});

/**
 * The configuration of a handler's SDK clients and signed requests (S3, Lambda, SQS): region and endpoint of Lambda's
 * environment, the SDK's standard retries (signed requests have their own), and one connection pool.
 */
export const createClientConfig = () => ({
  region: requireVariable("AWS_REGION"),
  endpoint: process.env.AWS_ENDPOINT_URL || undefined,
  credentials: readCredentials,
  retryMode: "standard",
  maxAttempts: 3,
  // A connection that hangs must fail early enough for a retry.
  requestHandler: new NodeHttpHandler({
    connectionTimeout: 2_000,
    requestTimeout: 8_000,
    throwOnRequestTimeout: true,
  }),
});

export type ClientConfig = ReturnType<typeof createClientConfig>;
