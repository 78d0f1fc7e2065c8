import { NodeHttpHandler } from "@smithy/node-http-handler";

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`environment: ${name}: expected a value, found nothing`);
  return value;
};

// Lambda hands its role over in the environment: the chain that searches files, SSO and instance metadata is
// dead weight (and is left out of the bundle).
const credentials = async () => ({
  accessKeyId: required("AWS_ACCESS_KEY_ID"),
  secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
  sessionToken: process.env.AWS_SESSION_TOKEN,
});

/**
 * What all clients of one handler share: region and endpoint as Lambda's environment has them, the SDK's standard
 * retries, and one pool of kept-alive connections.
 */
export const clientConfig = () => ({
  region: required("AWS_REGION"),
  endpoint: process.env.AWS_ENDPOINT_URL || undefined,
  credentials,
  retryMode: "standard",
  maxAttempts: 3,
  // A connection that hangs has to fail while the function still has the time to retry.
  requestHandler: new NodeHttpHandler({
    connectionTimeout: 2_000,
    requestTimeout: 8_000,
    throwOnRequestTimeout: true,
  }),
});

export type ClientConfig = ReturnType<typeof clientConfig>;
