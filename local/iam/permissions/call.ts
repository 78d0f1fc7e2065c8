import type { Call, Caller } from "../../routing";

/** The parameters of a call of a JSON service. */
export function input<T>({ request }: Call): T {
  return JSON.parse(request.body.toString() || "{}") as T;
}

export function arn({ account, region }: Caller, service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}
