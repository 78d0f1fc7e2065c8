import * as v from "valibot";
import { fromJson } from "../../handlers/shared/json";

const isLoopback = (host: string): boolean =>
  host === "127.0.0.1" || host === "localhost" || host === "[::1]";

const parseUrl = (text: unknown): URL | undefined => {
  if (typeof text !== "string" || !URL.canParse(text.trim())) return undefined;
  const url = new URL(text.trim());
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  return isSafe ? url : undefined;
};

const forms = v.union([
  v.pipe(
    v.object({ webhook_url: v.string() }),
    v.transform(({ webhook_url }) => webhook_url),
  ),
  v.pipe(
    v.object({ url: v.string() }),
    v.transform(({ url }) => url),
  ),
  v.string(),
]);

/**
 * The webhook's URL in a secret: the plain URL, `{"webhook_url": "…"}` or `{"url": "…"}`. It must begin with https://.
 * @returns undefined for any other text. The text is in no message: it may be the secret
 */
export const parseWebhookUrl = (secret: string): URL | undefined => {
  const form = v.safeParse(forms, fromJson(secret.trim()));
  return form.success ? parseUrl(form.output) : undefined;
};
