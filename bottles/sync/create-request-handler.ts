import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Sends requests to S3. A part of a bottle, or the copy of a large one, takes longer than what other functions send. */
export const createRequestHandler = (): NodeHttpHandler =>
  new NodeHttpHandler({
    connectionTimeout: 5_000,
    requestTimeout: 60_000,
    throwOnRequestTimeout: true,
  });
