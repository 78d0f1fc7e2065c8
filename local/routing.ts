import type { HttpRequest } from "./http";
import { restAction } from "./rest-action";

/** Whose emulated account and which region a call is for. */
export interface Caller {
  account: string;
  region: string;
}

/** One API call: what is asked, of which service, by whom. */
export interface Call extends Caller {
  service: string;
  action: string;
  accessKey: string;
  request: HttpRequest;
}

export const DEFAULT_ACCOUNT = "123456789012";

/** Knows which account an access key belongs to: the ones that AssumeRole handed out, else the default one. */
export class Accounts {
  private readonly accountOfKey = new Map<string, string>();

  accountOf(accessKey: string): string {
    return this.accountOfKey.get(accessKey) ?? DEFAULT_ACCOUNT;
  }

  /** Reads the reply of an AssumeRole call. */
  learn(assumeRoleReply: string): void {
    const key = /<AccessKeyId>([^<]+)</.exec(assumeRoleReply)?.[1];
    const account = /<Arn>arn:[^:]+:sts::(\d{12}):/.exec(assumeRoleReply)?.[1];
    if (key && account) this.accountOfKey.set(key, account);
  }
}

/** Finds the service and the region of a request in the credential scope of its signature. */
export function identify(request: HttpRequest, accounts: Accounts): Call {
  const credential =
    /Credential=([^,\s]+)/.exec(request.headers.authorization ?? "")?.[1] ??
    request.query.get("X-Amz-Credential") ??
    "";
  const [accessKey = "", , region = "us-east-1", service = ""] = credential.split("/");
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
