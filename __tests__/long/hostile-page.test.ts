import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
} from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { killGroup } from "../../local/kill-group";
import { type AttackedAws, SECRET, scope, startAttackedAws } from "../../testing/attacked-aws";

/** Pages of an attacker in a real browser. Each tries everything that a page can send to local AWS. */

const BROWSERS = ["chromium", "google-chrome"];
const browser = BROWSERS.flatMap((name) =>
  (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)),
).find((file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
});
const inBrowser = browser ? test : test.skip;
const skipped = browser ? "" : ` (skipped: none of ${BROWSERS.join(", ")} is on the PATH)`;

jest.setTimeout(120_000);

const EVIL = "evil.example";

/** The report of a page: the result of each attempt, and every text that it could read. */
interface Report {
  outcomes: Record<string, string>;
  read: string[];
}

let attacked: AttackedAws;
let pages: Server;
let rebinding: TcpServer;
let reported: (report: Report) => void = () => {};
const running = new Set<ChildProcess>();
const folders: string[] = [];

const portOf = (server: Server | TcpServer): number => (server.address() as AddressInfo).port;
const listen = (server: Server | TcpServer): Promise<void> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

beforeAll(async () => {
  pages = createServer(async (incoming, outgoing) => {
    const isReport = incoming.url === "/report";
    if (isReport) reported(JSON.parse(await text(incoming)) as Report);
    outgoing.writeHead(200, { "content-type": "text/html", "access-control-allow-origin": "*" });
    outgoing.end(isReport ? "" : page(attacked.aws.endpoint, attacked.runTask));
  });
  await listen(pages);
  // A name that resolves to the attacker for the page itself, and to this machine for the requests of the page.
  let rebound = false;
  rebinding = createTcpServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (first) => {
      if (rebound) {
        const onward = connect(attacked.port, "127.0.0.1");
        onward.on("error", () => socket.destroy());
        onward.write(first);
        socket.pipe(onward).pipe(socket);
        return;
      }
      rebound = true;
      const body = page(`http://${EVIL}:${portOf(rebinding)}`, attacked.runTask);
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    });
  });
  await listen(rebinding);
  attacked = await startAttackedAws((endpoint, runTask) => ({ "page.html": page(endpoint, runTask) }));
});

afterEach(() => {
  for (const child of running) killGroup(child, "SIGKILL");
  running.clear();
});

afterAll(async () => {
  await attacked?.stop();
  pages.close();
  pages.closeAllConnections();
  rebinding.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Opens a URL as if typed, and waits for the report of the page. */
async function visit(url: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "hostile-page-"));
  folders.push(folder);
  const report = new Promise<Report>((resolve) => {
    reported = resolve;
  });
  const child = spawn(
    browser ?? "",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Newer browsers ask the user first. The defence must not depend on it.
      "--disable-features=LocalNetworkAccessChecks",
      `--host-resolver-rules=MAP ${EVIL} 127.0.0.1`,
      `--user-data-dir=${folder}`,
      url,
    ],
    { env: { PATH: process.env.PATH, HOME: folder }, stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  running.add(child);
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk).slice(-2000);
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no report from ${url}; the browser says: ${said}`)), 60_000);
  });
  return Promise.race([report, late]).finally(() => clearTimeout(timer));
}

/** @param target where the page believes local AWS to be */
function page(target: string, runTask: string): string {
  const presigned = (service: string) =>
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(scope(service))}&X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=00`;
  const given = {
    target,
    report: `http://127.0.0.1:${portOf(pages)}/report`,
    runTask,
    invoke: `/2015-03-31/functions/start/invocations?${presigned("lambda")}`,
    run: `/?Action=RunTask&${presigned("ecs")}`,
    createQueue: `/?Action=CreateQueue&QueueName=evil&${presigned("sqs")}`,
    createRole: `/?Action=CreateUser&UserName=evil&Version=2010-05-08&${presigned("iam")}`,
    object: `/private/object?${presigned("s3")}`,
    upload: `/private/evil?${presigned("s3")}`,
    authorization: Object.fromEntries(
      ["ecs", "s3", "sqs", "lambda"].map((service) => [
        service,
        `AWS4-HMAC-SHA256 Credential=${scope(service)}, SignedHeaders=host, Signature=00`,
      ]),
    ),
  };
  // The code of the page, sent to the browser as text.
  const attack = `
    const given = ${JSON.stringify(given).replaceAll("<", "\\u003c")};
    const { target, authorization } = given;
    const read = [];
    const simple = (path, body) => fetch(target + path, { method: "POST", mode: "no-cors", body });
    const answer = async (response) => {
      const body = await (await response).text();
      read.push(body.slice(0, 500));
      return String((await response).status);
    };
    const element = (name, fields) => new Promise((resolve) => {
      const made = Object.assign(document.createElement(name), fields);
      made.onload = () => resolve("loaded");
      made.onerror = () => resolve("error");
      setTimeout(() => resolve("late"), 2000);
      document.body.append(made);
    });
    const form = (path, enctype, fields) => new Promise((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { name: "frame" + Math.random() });
      document.body.append(frame);
      const made = Object.assign(document.createElement("form"), { method: "POST", action: target + path, enctype, target: frame.name });
      for (const [name, value] of Object.entries(fields)) made.append(Object.assign(document.createElement("input"), { name, value }));
      document.body.append(made);
      frame.onload = () => resolve("loaded");
      setTimeout(() => resolve("late"), 2000);
      made.submit();
    });
    const json = (service, name) => ({ authorization: authorization[service], "content-type": "application/x-amz-json-1.1", "x-amz-target": name });
    const sandboxed = (code) => element("iframe", { sandbox: "allow-scripts allow-forms", srcdoc: "<script>" + code + "</" + "script>" });
    const attempts = {
      "fetch of RunTask, cors": () => answer(fetch(target + "/", { method: "POST", headers: json("ecs", "AmazonEC2ContainerServiceV20141113.RunTask"), body: given.runTask })),
      "fetch of SendMessage, cors": () => answer(fetch(target + "/", { method: "POST", headers: json("sqs", "AmazonSQS.CreateQueue"), body: '{"QueueName":"evil"}' })),
      "fetch of an object, cors": () => answer(fetch(target + given.object)),
      "fetch of an object, signed": () => answer(fetch(target + "/private/object", { headers: { authorization: authorization.s3 } })),
      "fetch of a function, signed": () => answer(fetch(target + "/2015-03-31/functions/start/invocations", { method: "POST", headers: { authorization: authorization.lambda }, body: "{}" })),
      "fetch of an upload": () => answer(fetch(target + given.upload, { method: "PUT", body: "evil" })),
      "fetch, no-cors, function": () => simple(given.invoke, "{}"),
      "fetch, no-cors, task": () => simple(given.run, given.runTask),
      "fetch, no-cors, moto": () => simple("/moto-api/reset", ""),
      "fetch, no-cors, clock": () => simple("/_local/clock", '{"advanceMs":60000}'),
      "fetch, cors, clock": () => answer(fetch(target + "/_local/clock", { method: "POST", headers: { "content-type": "application/json" }, body: '{"advanceMs":60000}' })),
      "fetch, cors, faults": () => answer(fetch(target + "/_local/faults", { method: "PUT", headers: { "content-type": "application/json" }, body: '[{"service":"sqs","action":"*","fault":"throttle"}]' })),
      "beacon": () => navigator.sendBeacon(target + given.invoke, "{}"),
      "worker": () => new Promise((resolve) => {
        const code = "fetch(" + JSON.stringify(target + given.invoke) + ", { method: 'POST', mode: 'no-cors', body: '{}' }).then(() => postMessage('sent'), (error) => postMessage(String(error)))";
        new Worker(URL.createObjectURL(new Blob([code]))).onmessage = ({ data }) => resolve(data);
        setTimeout(() => resolve("late"), 2000);
      }),
      "form, urlencoded": () => form(given.createRole, "application/x-www-form-urlencoded", { Action: "CreateUser", UserName: "evil", Version: "2010-05-08" }),
      "form, text/plain": () => form(given.run, "text/plain", { [given.runTask.slice(0, -1) + ',"evil":"']: '"}' }),
      "form, multipart": () => form("/private", "multipart/form-data", { key: "evil", file: "evil" }),
      "sandboxed fetch": () => sandboxed("fetch(" + JSON.stringify(target + given.invoke) + ", { method: 'POST', mode: 'no-cors', body: '{}' })"),
      "sandboxed form": () => sandboxed("document.write('<form method=POST></form>'); document.forms[0].action = " + JSON.stringify(target + given.invoke) + "; document.forms[0].submit()"),
      "picture": () => element("img", { src: target + given.createQueue }),
      "script": () => element("script", { src: target + given.createQueue }),
      "style": () => element("link", { rel: "stylesheet", href: target + given.createQueue }),
      "frame": () => element("iframe", { src: target + given.createQueue }),
      "frame without a referrer": () => element("iframe", { src: target + given.run, referrerPolicy: "no-referrer" }),
      "socket": () => new Promise((resolve) => {
        const socket = new WebSocket(target.replace("http", "ws") + given.createQueue);
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("error");
      }),
    };
    (async () => {
      const outcomes = {};
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          const outcome = await attempt();
          outcomes[name] = outcome instanceof Response ? outcome.type : String(outcome);
        } catch (error) {
          outcomes[name] = String(error);
        }
      }
      await fetch(given.report, { method: "POST", mode: "no-cors", body: JSON.stringify({ outcomes, read }) });
    })();
  `;
  return `<!doctype html><title>a page</title><body><script>${attack}</script>`;
}

/** URLs of the pages, and the refusals that the log must have, since a page that sends nothing proves nothing. */
const cases: [name: string, url: () => string, refusedFor: () => string[]][] = [
  [
    "of another site",
    () => `http://${EVIL}:${portOf(pages)}/`,
    () => [`Origin: http://${EVIL}:${portOf(pages)}"`, 'Origin: null"', 'Sec-Fetch-Site: cross-site"'],
  ],
  [
    "on another port of this machine",
    () => `http://127.0.0.1:${portOf(pages)}/`,
    () => [`Origin: http://127.0.0.1:${portOf(pages)}"`, 'Sec-Fetch-Site: same-site"'],
  ],
  [
    "whose name leads to local AWS afterwards (DNS rebinding)",
    () => `http://${EVIL}:${portOf(rebinding)}/`,
    () => [`Host: ${EVIL}:${portOf(rebinding)}"`],
  ],
  [
    "that is an object of local S3",
    () =>
      `${attacked.aws.endpoint}/private/page.html?X-Amz-Credential=${encodeURIComponent(scope("s3"))}&X-Amz-Signature=00`,
    () => [`Origin: ${attacked.aws.endpoint}"`, 'Sec-Fetch-Site: same-origin"'],
  ],
];

for (const [name, url, refusedFor] of cases) {
  inBrowser(`a page ${name} runs nothing, changes nothing and reads nothing${skipped}`, async () => {
    const { outcomes, read } = await visit(url());
    expect(Object.keys(outcomes)).toHaveLength(25);
    expect(read.join()).not.toContain(SECRET);
    expect(read.filter((each) => !each.includes("Local AWS refuses this request"))).toEqual([]);
    expect(await attacked.changes()).toEqual([]);
    const refused = attacked.lines.filter((line) => line.startsWith("refused "));
    for (const reason of refusedFor()) expect(refused).toContainEqual(expect.stringContaining(`"${reason}`));
    // No attempt caused an internal error of local AWS.
    expect(attacked.lines.filter((line) => !line.startsWith("refused "))).toEqual([]);
  });
}
