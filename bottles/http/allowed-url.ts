import { HttpError } from "./http-error";

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** A URL without what may be secret in it: user, password and query. */
export const describeUrl = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

const isHostAllowed = ({ hostname }: URL, allowed: readonly string[] | undefined): boolean =>
  allowed === undefined || allowed.some((host) => hostname === host || hostname.endsWith(`.${host}`));

export type UrlRules = {
  /** Hosts that may be asked, with their subdomains. Default: any. */
  allowedHosts?: readonly string[] | undefined;
};

const parseUrl = (text: string, base: URL | undefined): URL => {
  try {
    return new URL(text, base);
  } catch {
    throw new HttpError("refused", `expected an https URL, found ${JSON.stringify(text.slice(0, 200))}`);
  }
};

/**
 * Checks a URL before it is asked. Plain http is for local stand-ins only: at loopback, and never after an https URL.
 * @param base the URL that redirects to it
 * @throws HttpError of the kind `refused`
 */
export const checkUrl = (text: string, rules: UrlRules, base?: URL): URL => {
  const url = parseUrl(text, base);
  const where =
    base === undefined ? describeUrl(url) : `${describeUrl(base)}: redirect to ${describeUrl(url)}`;
  const isPlainAllowed = isLoopback(url) && (base === undefined || base.protocol === "http:");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isPlainAllowed))
    throw new HttpError("refused", `${where}: expected https`);
  if (!isHostAllowed(url, rules.allowedHosts))
    throw new HttpError("refused", `${where}: expected one of the hosts ${rules.allowedHosts?.join(", ")}`);
  return url;
};
