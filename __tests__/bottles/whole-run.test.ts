import { packagesPathOf } from "../../bottles/api-files/api-paths";
import { parsePublicKey } from "../../bottles/api-files/verify-signature";
import { createHttp } from "../../bottles/http";
import { blobKeyOf } from "../../bottles/names";
import { createSync } from "../../bottles/sync/create-sync";
import { syncEnvironment } from "../../bottles/sync/environment";
import { realTimers } from "../../bottles/sync/timers";
import { verifyMirror } from "../../bottles/verify-mirror/verify-mirror";
import { parseEnvironment } from "../../handlers/shared/schema";

import { createApiFiles, createSigner } from "../../testing/homebrew";
import { connectionTo, serveObjectStore } from "../../testing/object-store";
import { createWorld, webhook } from "../handlers/plan-sync/world";

const platforms = ["arm64_tahoe", "arm64_sequoia", "x86_64_linux"];

/** From the schedule to a client: the functions of a mirror, and Homebrew with a key of its own. */
const setUp = async () => {
  const signer = createSigner();
  const apiFiles = new Map<string, string>();
  const world = await createWorld({ apiFiles, environment: { TARGET_PLATFORMS: platforms.join() } });
  const publishNews = () => {
    for (const [path, text] of createApiFiles(world.homebrew.bottles(), platforms, signer))
      apiFiles.set(path, text);
  };
  publishNews();
  const http = createHttp({ connections: 8 });
  const sync = createSync({
    settings: parseEnvironment(syncEnvironment, {
      S3_BUCKET_NAME: "mirror",
      SLACK_WEBHOOK_SECRET_NAME: "slack",
      API_URL: `${world.homebrew.url}/api`,
      API_FILES: [...apiFiles.keys()].join(),
      // As it is often written in an environment variable.
      API_PUBLIC_KEY: signer.publicKey.replaceAll("\n", "\\n"),
    }),
    connection: connectionTo(world.objects),
    http,
    readSecret: async () => webhook,
    timers: realTimers,
    owner: "function",
    graceMs: 1_000,
    write: (line) => world.lines.push(line),
    post: async (_url, body) => {
      world.notices.push(JSON.parse(body));
      return { status: 200, text: "ok" };
    },
  });
  const server = await serveObjectStore(world.objects);
  return {
    ...world,
    apiFiles,
    /** Plans and syncs, as Lambda does one after the other. */
    runAll: async (time: string) => {
      const { outcome } = await world.run({ time });
      return {
        planned: outcome,
        synced: await sync(world.invocations.at(-1)!.event, new AbortController().signal),
      };
    },
    verify: () =>
      verifyMirror({
        http,
        mirrorUrl: `${server.endpoint}/mirror`,
        publicKey: parsePublicKey(signer.publicKey),
        platforms,
        sample: Number.POSITIVE_INFINITY,
        concurrency: 4,
        retries: { maxAttempts: 1 },
      }),
    stop: () => {
      world.stop();
      server.stop();
      http.close();
    },
  };
};

let mirror: Awaited<ReturnType<typeof setUp>>;
beforeEach(async () => {
  mirror = await setUp();
});
afterEach(() => {
  mirror.stop();
  const stored = [...mirror.objects.objects.values()].map(({ body }) => Buffer.from(body).toString("latin1"));
  expect([...mirror.lines, ...stored].join("\n")).not.toContain("a-secret-token");
});

test("a client installs all that a run has mirrored, and the next run finds nothing new", async () => {
  const { planned, synced } = await mirror.runAll("2026-11-29T03:00:00Z");
  expect(planned).toBe("function");
  expect(synced).toMatchObject({ outcome: "complete", mirrored: mirror.wanted.length, left: 0, failed: [] });
  expect(await mirror.verify()).toMatchObject({ checked: mirror.wanted.length, failures: [] });
  expect(mirror.titles()).toEqual(["Bottle sync started", "Bottle sync succeeded"]);

  expect(await mirror.runAll("2026-12-06T03:00:00Z")).toMatchObject({
    planned: "nothing-new",
    synced: { outcome: "complete", mirrored: 0 },
  });
  expect(mirror.titles().slice(2)).toEqual(["Bottle sync: nothing new"]);
  const counted = mirror.metric("BottlesMirrored").reduce((sum: number, count: number) => sum + count, 0);
  expect(counted).toBe(mirror.wanted.length);
});

test("API files come last: until then a client has those of the last run", async () => {
  const order: string[] = [];
  const { put } = mirror.objects;
  mirror.objects.put = (key, ...rest) => {
    order.push(key);
    return put.call(mirror.objects, key, ...rest);
  };
  await mirror.runAll("2026-11-29T03:00:00Z");
  const first = order.findIndex((key) => key.startsWith("api/"));
  expect(first).toBeGreaterThan(0);
  expect(order.slice(first).filter((key) => key.startsWith("v2/"))).toEqual([]);
});

test("with one changed byte in a signed file nothing of the API is published, and a notice says so", async () => {
  const path = packagesPathOf("arm64_sequoia");
  const text = mirror.apiFiles.get(path)!;
  mirror.apiFiles.set(path, text.replace("stable_version", "stable_versioN"));
  await expect(mirror.runAll("2026-11-29T03:00:00Z")).rejects.toMatchObject({ name: "BadSignature" });
  expect(mirror.objects.keys("api/")).toEqual([]);
  expect(mirror.titles()).toEqual(["Bottle sync started", "Bottle sync failed"]);
  // The bottles are there, so the next run only publishes.
  mirror.apiFiles.set(path, text);
  expect(await mirror.runAll("2026-12-06T03:00:00Z")).toMatchObject({ planned: "nothing-new" });
  expect(await mirror.verify()).toMatchObject({ failures: [] });
});

test("a mirrored bottle that is lost is found by the client, and mirrored by the next run", async () => {
  await mirror.runAll("2026-11-29T03:00:00Z");
  const lost = mirror.wanted[3]!;
  mirror.objects.objects.delete(blobKeyOf(lost));
  const { failures } = await mirror.verify();
  expect(failures).toEqual([
    {
      what: `${lost.formula} ${lost.version} ${lost.tag}`,
      problem: expect.stringContaining(`${blobKeyOf(lost)}: status 404`),
    },
  ]);
  expect(await mirror.runAll("2026-12-06T03:00:00Z")).toMatchObject({ synced: { mirrored: 1 } });
  expect((await mirror.verify()).failures).toEqual([]);
});

test("a bottle that the API names and the catalogue does not is mirrored before the API files", async () => {
  const all = (await (await fetch(mirror.homebrew.catalogueUrl)).json()) as { name: string }[];
  const [newest] = all;
  mirror.apiFiles.set("formula.json", JSON.stringify(all.slice(1)));
  await mirror.runAll("2026-11-29T03:00:00Z");
  expect(mirror.wanted.some(({ formula }) => formula === newest!.name)).toBe(true);
  const { failures } = await mirror.verify();
  expect(failures).toEqual([]);
});
