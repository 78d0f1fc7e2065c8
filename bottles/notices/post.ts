import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

export type PostAnswer = {
  status: number;
  /** The first characters of the answer. */
  text: string;
  /** Seconds to wait before another attempt, if the server says so. */
  retryAfterSeconds?: number;
};

/** Sends JSON to a URL. It follows no redirect. @throws Error without an answer; its message may name the host */
export type Post = (url: URL, body: string) => Promise<PostAnswer>;

const timeoutMs = 10_000;
const maxText = 200;

export const post: Post = (url, body) =>
  new Promise((resolve, reject) => {
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    const request = send(
      url,
      {
        method: "POST",
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          if (text.length < maxText) text += chunk;
        });
        response.on("error", reject);
        response.on("end", () => {
          const seconds = Number(response.headers["retry-after"]);
          resolve({
            status: response.statusCode ?? 0,
            text: text.slice(0, maxText),
            ...(seconds > 0 && { retryAfterSeconds: seconds }),
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
