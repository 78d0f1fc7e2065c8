import { createHash } from "node:crypto";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { WorkerSettings } from "./environment";

const fetchText = async (s3: S3Client, reference: string): Promise<string> => {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(reference) ?? [];
  if (!Key)
    throw new Error(`EVENT_PAYLOAD_REF: expected s3://bucket/key, found ${JSON.stringify(reference)}`);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  if (Body === undefined) throw new Error(`${reference}: S3 answered without a body`);
  return Body.transformToString();
};

const verifyHash = (text: string, reference: string, expected: string | undefined): string => {
  const actual = createHash("sha256").update(text).digest("hex");
  if (actual === expected) return text;
  throw new Error(
    `${reference}: its SHA-256 is ${actual}, EVENT_PAYLOAD_SHA256 is ${expected ?? "not set"}: this is not the payload of the launch`,
  );
};

const fetchPayload = async (settings: WorkerSettings, s3: () => S3Client): Promise<string> => {
  const { EVENT_PAYLOAD, EVENT_PAYLOAD_REF, EVENT_PAYLOAD_SHA256 } = settings;
  if (EVENT_PAYLOAD !== undefined) return EVENT_PAYLOAD;
  if (EVENT_PAYLOAD_REF === undefined) {
    throw new Error("EVENT_PAYLOAD: expected the event as JSON, found nothing (nor EVENT_PAYLOAD_REF)");
  }
  return verifyHash(await fetchText(s3(), EVENT_PAYLOAD_REF), EVENT_PAYLOAD_REF, EVENT_PAYLOAD_SHA256);
};

/**
 * Reads the event that launched the container, from the environment or from S3.
 * @param s3 called only when the event is in S3
 * @throws Error when there is no event, when it is not JSON, or when its SHA-256 is wrong
 */
export const readPayload = async (settings: WorkerSettings, s3: () => S3Client): Promise<unknown> => {
  const text = await fetchPayload(settings, s3);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`the event is not JSON: ${error instanceof Error ? error.message : error}`);
  }
};
