import type { Log } from "../../handlers/shared/log";
import type { Sleep } from "../../handlers/shared/poll";
import type { ReadSecret } from "../../handlers/shared/secret";
import { ownFolder } from "../names";
import type { Store } from "../store/store";
import type { SyncCount } from "../sync-metrics";
import type { Notice, NoticeKind } from "./notice";
import { type Post, post as postByHttps } from "./post";
import { toSlackMessage } from "./slack-message";
import { parseWebhookUrl } from "./webhook-url";

export type NoticesParts = {
  store: Store;
  readSecret: ReadSecret;
  /** Name or ARN of the secret with the webhook's URL. Absent: no notices. */
  secretName: string | undefined;
  runId: string;
  log: Log;
  count: SyncCount;
  sleep: Sleep;
  /** Default: HTTPS. */
  post?: Post;
};

export type Notices = {
  /**
   * Sends a notice, at most once for each run and kind, but for progress. It never throws: a notice that fails is logged and
   * counted, and the sync goes on.
   */
  send(notice: Notice): Promise<void>;
};

const maxAttempts = 3;
const maxWaitSeconds = 30;

/** Marks that a run has sent a notice of this kind. */
export const noticeKeyOf = (runId: string, kind: NoticeKind): string =>
  `${ownFolder}notices/${runId}/${kind}`;

// An error of the connection names the host, and an answer can repeat the request. The URL is a credential, so nothing is
// taken over but the code of either.
const codeOf = (text: string): string | undefined => /^[A-Za-z_]{1,64}$/.exec(text.trim())?.[0];

const failureOf = (error: unknown): string =>
  codeOf(String(Object(error).code ?? "")) ?? codeOf(String(Object(error).name ?? "")) ?? "Error";

const isTransient = (status: number): boolean => status === 429 || status >= 500;

export const createNotices = (parts: NoticesParts): Notices => {
  const { store, readSecret, secretName, runId, log, count, sleep, post = postByHttps } = parts;

  const fail = (kind: NoticeKind, reason: string): void => {
    log.error("notice was not sent", { kind, run: runId, reason });
    count("noticesFailed");
  };

  /** @returns why Slack has not taken it; undefined: it has */
  const postMessage = async (url: URL, body: string): Promise<string | undefined> => {
    for (let attempt = 1; ; attempt++) {
      let failure: string;
      let waitSeconds = attempt;
      try {
        const { status, text, retryAfterSeconds } = await post(url, body);
        if (status >= 200 && status < 300) return undefined;
        const code = codeOf(text);
        failure = `Slack answered ${status}${code === undefined ? "" : `: ${code}`}`;
        if (!isTransient(status)) return failure;
        waitSeconds = retryAfterSeconds ?? waitSeconds;
      } catch (error) {
        failure = `Slack did not answer: ${failureOf(error)}`;
      }
      if (attempt === maxAttempts || waitSeconds > maxWaitSeconds) return failure;
      await sleep(waitSeconds * 1000);
    }
  };

  /** @returns whether this call is the first one of this run and kind */
  const mark = async (kind: NoticeKind): Promise<boolean> =>
    kind === "progress" || (await store.write(noticeKeyOf(runId, kind), "", { only: "absent" }));

  return {
    async send(notice) {
      if (secretName === undefined) return;
      const { kind } = notice;
      try {
        const url = parseWebhookUrl(await readSecret(secretName));
        if (url === undefined)
          return fail(
            kind,
            `secret ${secretName}: expected an https URL, {"webhook_url": "…"} or {"url": "…"}, found another text`,
          );
        // Before the message: a notice that is sent twice is worse than one that is lost.
        if (!(await mark(kind))) return log.info("notice was sent before", { kind, run: runId });
        const failure = await postMessage(
          url,
          JSON.stringify(toSlackMessage(notice, { bucket: store.name, runId })),
        );
        if (failure !== undefined) fail(kind, failure);
      } catch (error) {
        fail(kind, error instanceof Error ? error.message : "unknown error");
      }
    },
  };
};
