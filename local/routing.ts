import { type HttpRequest, pageHeader } from "./http";
import { restAction } from "./rest-action";

/** The emulated account and the region of a call. */
export interface Caller {
  account: string;
  region: string;
}

/** One API call. */
export interface Call extends Caller {
  service: string;
  action: string;
  accessKey: string;
  request: HttpRequest;
}

export const DEFAULT_ACCOUNT = "123456789012";

/** Maps access keys to accounts: those that AssumeRole returned, all others to the default account. */
export class Accounts {
  private readonly accountOfKey = new Map<string, string>();

  accountOf(accessKey: string): string {
    return this.accountOfKey.get(accessKey) ?? DEFAULT_ACCOUNT;
  }

  /** Records the access key in the response of AssumeRole. */
  recordAssumedRole(assumeRoleReply: string): void {
    const key = /<AccessKeyId>([^<]+)</.exec(assumeRoleReply)?.[1];
    const account = /<Arn>arn:[^:]+:sts::(\d{12}):/.exec(assumeRoleReply)?.[1];
    if (key && account) this.accountOfKey.set(key, account);
  }
}

/** The credential scope of a request's signature, and where the signature is. */
export interface Credential {
  accessKey: string;
  region: string;
  service: string;
  signedBy?: "header" | "query";
}

/** Reads the credential scope of a request. */
export function credentialOf({ headers, query }: HttpRequest): Credential {
  const { authorization = "" } = headers;
  const inHeader =
    /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? olderScope(/^AWS ([^:\s]+):/.exec(authorization)?.[1]);
  if (inHeader) return { ...scopeOf(inHeader), signedBy: "header" };
  // A page can write any query, and signatures are not checked, so its query is ignored.
  const inQuery = pageHeader(headers) ? undefined : queryCredential(query);
  return inQuery ? { ...scopeOf(inQuery), signedBy: "query" } : scopeOf("");
}

function queryCredential(query: URLSearchParams): string | undefined {
  return query.get("X-Amz-Credential") ?? olderScope(query.get("AWSAccessKeyId"));
}

// Signature Version 2 has no scope. AWS CLI 1 and boto3 still use it for presigned URLs of S3.
function olderScope(accessKey: string | null | undefined): string | undefined {
  return accessKey ? `${accessKey}//us-east-1/s3/` : undefined;
}

function scopeOf(credential: string): Credential {
  const [accessKey = "", , region = "us-east-1", service = ""] = credential.split("/");
  return { accessKey, region, service };
}

/** Finds the service and the region of a request in the credential scope of its signature. */
export function identify(request: HttpRequest, accounts: Accounts): Call {
  const { accessKey, region, service } = credentialOf(request);
  return {
    service,
    region,
    accessKey,
    account: accounts.accountOf(accessKey),
    action: actionOf(service, request),
    request,
  };
}

function actionOf(service: string, request: HttpRequest): string {
  const target = request.headers["x-amz-target"];
  if (target) return target.slice(target.lastIndexOf(".") + 1);
  const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")
    ? new URLSearchParams(request.body.toString())
    : request.query;
  return form.get("Action") ?? restAction(service, request);
}
