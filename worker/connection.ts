import type { S3Client } from "@aws-sdk/client-s3";
import type { Connection } from "../handlers/shared/signed-requests";

/** The connection of signed requests with the region and credentials that an SDK client has found. */
export const connectionOf = async ({ config }: S3Client): Promise<Connection> => ({
  region: await config.region(),
  ...(process.env.AWS_ENDPOINT_URL && { endpoint: process.env.AWS_ENDPOINT_URL }),
  credentials: config.credentials,
  requestHandler: config.requestHandler as Connection["requestHandler"],
});
