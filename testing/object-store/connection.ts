import type { Connection } from "../../handlers/shared/signed-requests";
import { answerS3, refusalOf, type S3Answer, type S3Request } from "./answer";
import { type ObjectStore, Refusal } from "./store";

type SdkRequest = {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers: Record<string, string>;
  body?: Uint8Array | string;
};

export type StoreConnectionSettings = {
  /** Called before each request. What it returns is the answer; what it throws is a connection that broke. */
  intercept?: (request: S3Request) => Promise<S3Answer | undefined> | S3Answer | undefined;
  sleep?: Connection["sleep"];
};

/** An answer that refuses whatever is asked. */
export const refuse = (status: number, code: string): S3Answer => refusalOf(new Refusal(status, code));

const toS3Request = ({ method, path, query = {}, headers, body }: SdkRequest): S3Request => ({
  method,
  key: decodeURIComponent(path.split("/").slice(2).join("/")),
  query,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  body: Buffer.from(body ?? ""),
});

/** A connection to an object store in the same process: the requests are signed and answered, but not sent. */
export const connectionTo = (
  store: ObjectStore,
  { intercept = () => undefined, sleep = async () => {} }: StoreConnectionSettings = {},
): Connection => ({
  region: "eu-west-1",
  endpoint: "http://127.0.0.1:1",
  credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
  sleep,
  requestHandler: {
    handle: async (sent) => {
      const request = toS3Request(sent as never);
      const { status, headers, body } = (await intercept(request)) ?? answerS3(store, request);
      // The SDK changes what it is given.
      return { response: { statusCode: status, headers, body: Buffer.from(body) } as never };
    },
  },
});
