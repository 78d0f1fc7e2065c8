import type { TargetId } from "./check-targets";
import type { TargetGroup } from "./target-group";

export interface StickyTarget extends TargetId {
  targetGroupArn: string;
}

/** The target in the stickiness cookie of a client. */
export function readStickyCookie(cookies: string | undefined): StickyTarget | undefined {
  const value = /(?:^|;\s*)AWSALB(?:CORS)?=([\w-]+)/.exec(cookies ?? "")?.[1];
  if (!value) return undefined;
  try {
    return JSON.parse(Buffer.from(value, "base64url").toString()) as StickyTarget;
  } catch {
    return undefined;
  }
}

/** The cookies that make a client stick to a target; none for a group without stickiness. */
export function stickyCookies(
  { arn, stickinessSeconds }: TargetGroup,
  target: TargetId,
  now: Date,
): string[] {
  if (stickinessSeconds === undefined) return [];
  const sticky: StickyTarget = { targetGroupArn: arn, id: target.id, port: target.port };
  const value = Buffer.from(JSON.stringify(sticky)).toString("base64url");
  const expires = new Date(now.getTime() + stickinessSeconds * 1000).toUTCString();
  return [
    `AWSALB=${value}; Expires=${expires}; Path=/`,
    `AWSALBCORS=${value}; Expires=${expires}; Path=/; SameSite=None; Secure`,
  ];
}
