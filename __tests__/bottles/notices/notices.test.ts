import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createNotices, type NoticesParts } from "../../../bottles/notices/create-notices";
import type { Notice } from "../../../bottles/notices/notice";
import { type PostAnswer, post as postByHttp } from "../../../bottles/notices/post";
import { parseWebhookUrl } from "../../../bottles/notices/webhook-url";
import { createStore } from "../../../bottles/store/store";
import { TransientError } from "../../../handlers/shared/failures";
import { createLog } from "../../../handlers/shared/log";
import { connectionTo, ObjectStore } from "../../../testing/object-store";

const token = "B00000000/a-secret-token";
const url = `https://hooks.slack.com/services/T000/${token}`;
const started: Notice = { kind: "started", bottles: 1_234, bytes: 5 * 1024 ** 3, host: "task" };

const setUp = (parts: Partial<NoticesParts> = {}) => {
  const objects = new ObjectStore();
  const lines: string[] = [];
  const counts: string[] = [];
  const posts: { url: string; body: Record<string, unknown> }[] = [];
  const sleeps: number[] = [];
  const answers: (PostAnswer | Error)[] = [];
  const notices = createNotices({
    store: createStore("mirror", connectionTo(objects)),
    readSecret: async () => url,
    secretName: "slack",
    runId: "run-1",
    log: createLog("DEBUG", (line) => lines.push(line)),
    count: (metric) => counts.push(metric),
    sleep: async (ms) => sleeps.push(ms),
    post: async (to, body) => {
      posts.push({ url: to.href, body: JSON.parse(body) });
      const answer = answers.shift() ?? { status: 200, text: "ok" };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...parts,
  });
  return { objects, notices, lines, counts, posts, sleeps, answers };
};

/** Neither what is logged nor what is stored may have the URL. */
const expectNoSecret = ({ lines, objects }: Pick<ReturnType<typeof setUp>, "lines" | "objects">) => {
  const stored = [...objects.objects].map(([key, { body }]) => key + body.toString());
  expect(lines.join("\n") + stored.join("\n")).not.toContain("a-secret-token");
};

test("says what is downloaded, and where", async () => {
  const world = setUp();
  await world.notices.send({ ...started, warnings: ["a < b & c"] });
  expect(world.posts).toMatchObject([
    { url, body: { text: expect.stringContaining("Bottle sync started") } },
  ]);
  const text = JSON.stringify(world.posts[0]!.body);
  for (const part of [
    "1,234 bottles",
    "by a task",
    "5.0 GiB",
    "Bucket mirror, run run-1",
    "a &lt; b &amp; c",
  ])
    expect(text).toContain(part);
  expectNoSecret(world);
});

test("is sent once for each run and kind, but for progress", async () => {
  const { notices, posts, objects } = setUp();
  const progress: Notice = { kind: "progress", done: 1, bottles: 2, doneBytes: 1, bytes: 4, seconds: 1 };
  for (const notice of [started, started, progress, progress, started]) await notices.send(notice);
  expect(posts).toHaveLength(3);
  expect([...objects.objects.keys()]).toEqual(["sync/notices/run-1/started"]);
});

test("is not sent again when it is not known whether Slack has taken it", async () => {
  const world = setUp();
  world.answers.push(...Array.from({ length: 3 }, () => new Error("socket hang up")));
  await world.notices.send(started);
  await world.notices.send(started);
  expect(world.posts).toHaveLength(3);
  expect(world.counts).toEqual(["noticesFailed"]);
});

test("without a secret there are no notices", async () => {
  const { notices, posts, lines, counts } = setUp({ secretName: undefined });
  await notices.send(started);
  expect([posts, lines, counts]).toEqual([[], [], []]);
});

test.each([
  ["plain text", url],
  ["plain text with an end of line", `${url}\n`],
  ["a JSON text", JSON.stringify(url)],
  ["webhook_url", JSON.stringify({ webhook_url: url, channel: "#ops" })],
  ["url", JSON.stringify({ url })],
  ["GovSlack", url.replace("slack.com", "slack-gov.com")],
])("the secret can be %s", (_form, secret) => {
  expect(parseWebhookUrl(secret)?.pathname).toBe(`/services/T000/${token}`);
});

test.each([
  "",
  "a-secret-token",
  "{}",
  '{"webhook_url": 7}',
  `http://hooks.slack.com/${token}`,
  `ftp://hooks.slack.com/${token}`,
  `{"webhook": "${url}"}`,
])("the secret %j has no URL, which is said without the secret", async (secret) => {
  const world = setUp({ readSecret: async () => secret });
  await world.notices.send(started);
  expect(world.posts).toEqual([]);
  expect(world.counts).toEqual(["noticesFailed"]);
  expect(world.lines.join()).toContain("secret slack: expected an https URL");
  expectNoSecret(world);
});

test("a secret that is gone is named", async () => {
  const world = setUp({
    readSecret: async () => {
      throw new TransientError("ResourceNotFoundException", "slack: Secrets Manager answered 400");
    },
  });
  await world.notices.send(started);
  expect(world.lines.join()).toContain("slack: Secrets Manager answered 400");
  expect(world.counts).toEqual(["noticesFailed"]);
});

test.each<[number, string, string]>([
  [400, "invalid_blocks", "Slack answered 400: invalid_blocks"],
  [403, "action_prohibited", "Slack answered 403: action_prohibited"],
  [404, "no_service", "Slack answered 404: no_service"],
  [410, "channel_is_archived", "Slack answered 410: channel_is_archived"],
  [302, `<a href="${url}">`, "Slack answered 302"],
])("the answer %d is not asked for again", async (status, text, reason) => {
  const world = setUp();
  world.answers.push({ status, text });
  await world.notices.send(started);
  expect(world.posts).toHaveLength(1);
  expect(JSON.parse(world.lines[0]!)).toMatchObject({ level: "ERROR", kind: "started", reason });
  expect(world.counts).toEqual(["noticesFailed"]);
  expectNoSecret(world);
});

test("waits as long as Slack wants, and not for ever", async () => {
  const busy = setUp();
  busy.answers.push({ status: 429, text: "", retryAfterSeconds: 7 }, new Error("reset"));
  await busy.notices.send(started);
  expect(busy.sleeps).toEqual([7_000, 2_000]);
  expect(busy.counts).toEqual([]);
  const blocked = setUp();
  blocked.answers.push({ status: 429, text: "", retryAfterSeconds: 3_600 });
  await blocked.notices.send(started);
  expect(blocked.sleeps).toEqual([]);
  expect(blocked.counts).toEqual(["noticesFailed"]);
});

test("an error of the connection is named by its code only", async () => {
  const world = setUp();
  const error = Object.assign(new Error(`connect to ${url} failed`), { code: "ECONNREFUSED" });
  world.answers.push(error, error, error);
  await world.notices.send(started);
  expect(world.lines.join()).toContain("Slack did not answer: ECONNREFUSED");
  expectNoSecret(world);
});

test("a bucket that cannot be written does not stop the sync", async () => {
  const world = setUp({
    store: createStore(
      "mirror",
      connectionTo(new ObjectStore(), {
        intercept: () => {
          throw new Error("no route to host");
        },
      }),
    ),
  });
  await world.notices.send(started);
  expect(world.posts).toEqual([]);
  expect(world.counts).toEqual(["noticesFailed"]);
});

type Block = {
  type: string;
  text?: { text: string };
  fields?: { text: string }[];
  elements?: { text: string }[];
};

test.each<[string, Notice]>([
  ["a long reason", { kind: "failed", reason: "&".repeat(50_000), details: [] }],
  [
    "a thousand details",
    {
      kind: "failed",
      reason: "corrupt",
      mirrored: 1,
      bottles: 1_001,
      details: Array.from({ length: 1_000 }, (_, index) => `${index} ${"<😀>".repeat(500)}`),
    },
  ],
  [
    "details with ends of lines and control characters",
    { kind: "failed", reason: "a\u0000b\nc", details: ["\u001b[31m", "x\n".repeat(5_000)] },
  ],
  ["nothing", { kind: "failed", reason: "", details: [] }],
])("a failure with %s is within Slack's limits", async (_what, notice) => {
  const { notices, posts } = setUp();
  await notices.send(notice);
  const body = posts[0]!.body as { text: string; blocks: Block[] };
  expect(body.blocks.length).toBeLessThanOrEqual(50);
  expect(JSON.stringify(body.blocks).length).toBeLessThan(12_000);
  expect(body.text.length).toBeLessThanOrEqual(3_000);
  const texts = body.blocks.flatMap(({ text, fields = [], elements = [] }) =>
    [text, ...fields, ...elements].flatMap((each) => each?.text ?? []),
  );
  for (const { type, text, fields = [] } of body.blocks) {
    expect(text?.text.length ?? 1).toBeGreaterThan(0);
    expect(text?.text.length ?? 0).toBeLessThanOrEqual(type === "header" ? 150 : 3_000);
    expect(fields.length).toBeLessThanOrEqual(10);
  }
  for (const text of texts) {
    // Nothing that Slack reads as its own, and no entity that was cut.
    expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(text).not.toMatch(/\p{Cs}/u);
  }
});

test("a message arrives as JSON at the URL", async () => {
  const received: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push([request.method, request.url, request.headers["content-type"], JSON.parse(body)]);
    response.writeHead(429, { "retry-after": "3" }).end("x".repeat(1_000));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const answer = await postByHttp(new URL(`http://127.0.0.1:${port}/services/x`), '{"text":"é"}');
  server.closeAllConnections();
  server.close();
  expect(answer).toEqual({ status: 429, text: "x".repeat(200), retryAfterSeconds: 3 });
  expect(received).toEqual([["POST", "/services/x", "application/json", { text: "é" }]]);
});
