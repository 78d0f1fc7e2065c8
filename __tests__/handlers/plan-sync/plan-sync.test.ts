import { imageOf } from "../../../bottles/names";
import { createWorld, smallCorpus, type World, type WorldSettings } from "./world";

const worlds: World[] = [];
const open = async (settings: WorldSettings = {}) => {
  const world = await createWorld(settings);
  worlds.push(world);
  return world;
};
afterEach(() => {
  // Whatever happened, the URL of the webhook is nowhere to be read.
  for (const { lines, objects, invocations, stop } of worlds.splice(0)) {
    stop();
    const stored = [...objects.objects.values()].map(({ body }) => Buffer.from(body).toString("latin1"));
    expect([...lines, ...stored, JSON.stringify(invocations)].join("\n")).not.toContain("a-secret-token");
  }
});

const sortKey = ({ sha256 }: { sha256: string }) => sha256;
const bySha = <T extends { sha256: string }>(bottles: readonly T[]) =>
  bottles.toSorted((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));

test("a new mirror: plans all bottles of its platforms with their sizes, and starts the function", async () => {
  const world = await open();
  const bytes = world.wanted.reduce((sum, { size }) => sum + size, 0);
  expect(await world.run()).toEqual({
    run: "2026-11-29T03-00-00Z",
    outcome: "function",
    bottles: world.wanted.length,
    bytes,
  });
  expect(bySha(await world.plan())).toEqual(bySha(world.wanted));
  expect(world.invocations).toMatchObject([
    {
      functionName: "sync",
      event: {
        id: "2026-11-29T03-00-00Z",
        detail: {
          service: "sync-bottles",
          run: "2026-11-29T03-00-00Z",
          plan: { key: "sync/plans/2026-11-29T03-00-00Z.jsonl.gz" },
        },
      },
    },
  ]);
  expect(world.titles()).toEqual(["Bottle sync started"]);
  expect(world.metric("BottlesPlanned")).toEqual([world.wanted.length]);
});

test("asks the registry once for each formula that has something new", async () => {
  const world = await open();
  const fresh = world.wanted.filter(({ formula }) => formula === "openssl@3" || formula === "gtk+3");
  world.mirror(world.wanted.filter((bottle) => !fresh.includes(bottle)));
  await world.run();
  expect(bySha(await world.plan())).toEqual(bySha(fresh));
  expect(world.homebrew.requests.index).toBe(2);
});

test("nothing new: one notice, no task, and the function looks at the API files", async () => {
  const world = await open();
  world.mirror();
  expect(await world.run()).toMatchObject({ outcome: "nothing-new", bottles: 0, bytes: 0 });
  expect(world.invocations.map(({ functionName }) => functionName)).toEqual(["sync"]);
  expect(await world.plan()).toEqual([]);
  expect(world.titles()).toEqual(["Bottle sync: nothing new"]);
  expect(JSON.stringify(world.notices)).toContain(`all ${world.wanted.length} bottles`);
  expect(world.homebrew.requests.index).toBe(0);
});

test("a catalogue that has not changed plans what the bucket lacks nevertheless", async () => {
  const world = await open();
  await world.run();
  world.mirror();
  const [lost] = world.wanted;
  world.objects.objects.delete(`v2/homebrew/core/${imageOf(lost!.formula)}/blobs/sha256:${lost!.sha256}`);
  await world.run({ time: "2026-12-06T03:00:00Z" });
  expect(await world.plan()).toEqual([lost]);
});

test("an index that is missing is planned with one bottle of its formula", async () => {
  const world = await open();
  world.mirror();
  for (const key of world.objects.keys("v2/homebrew/core/openssl/3/manifests/"))
    world.objects.objects.delete(key);
  await world.run();
  expect(await world.plan()).toMatchObject([{ formula: "openssl@3" }]);
});

test.each([
  ["0", "task"],
  ["0.0000001", "task"],
  ["1", "function"],
])("with the threshold of %s GB the %s downloads", async (SIZE_THRESHOLD_GB, outcome) => {
  const world = await open({ environment: { SIZE_THRESHOLD_GB } });
  expect(await world.run()).toMatchObject({ outcome });
  const functionName = outcome === "task" ? "launch" : "sync";
  expect(world.invocations).toMatchObject([{ functionName, event: { detail: { service: "sync-bottles" } } }]);
});

test("the threshold 0 starts no task when there is nothing to download", async () => {
  const world = await open({ environment: { SIZE_THRESHOLD_GB: "0" } });
  world.mirror();
  expect(await world.run()).toMatchObject({ outcome: "nothing-new" });
  expect(world.invocations.map(({ functionName }) => functionName)).toEqual(["sync"]);
});

describe("a retry of the same run", () => {
  test("has the same plan and event, and announces nothing again", async () => {
    const world = await open();
    const first = await world.run();
    world.mirror(world.wanted.slice(0, 20));
    expect(await world.run()).toEqual(first);
    expect(world.invocations[1]).toEqual(world.invocations[0]);
    expect(world.titles()).toEqual(["Bottle sync started"]);
    expect(world.metric("BottlesPlanned")).toHaveLength(1);
  });

  test("starts the run when the first attempt died before it", async () => {
    let isDead = true;
    const invokeAsync = async () => {
      if (isDead) throw new Error("Lambda answered 500");
    };
    const world = await open({ invokeAsync });
    await expect(world.run()).rejects.toThrow("Lambda answered 500");
    isDead = false;
    await world.run();
    expect(world.invocations).toHaveLength(1);
    expect(world.titles()).toEqual(["Bottle sync failed", "Bottle sync started"]);
  });

  test("needs neither catalogue nor registry when there is a plan", async () => {
    const world = await open();
    const first = await world.run();
    world.homebrew.setFaults(() => ({ kind: "status", status: 500 }));
    expect(await world.run()).toEqual(first);
  });

  test("without a time in the event is known by the id of the request", async () => {
    const world = await open();
    for (const event of [{}, null, "text", { time: "" }]) await world.run(event);
    expect(world.objects.keys("sync/plans/")).toEqual(["sync/plans/request-1.jsonl.gz"]);
  });
});

describe("sizes", () => {
  test("that some indexes do not have are estimated", async () => {
    const { formula } = smallCorpus.bottles.find(({ tag }) => tag === "x86_64_linux")!;
    const world = await open({
      faults: ({ place, path }) =>
        place === "index" && path.includes(`/${imageOf(formula)}/`)
          ? { kind: "status", status: 404 }
          : undefined,
    });
    const result = await world.run();
    const planned = await world.plan();
    expect(planned).toHaveLength(world.wanted.length);
    expect(planned.filter(({ size }) => size === undefined)).toMatchObject([
      { formula },
      { formula },
      { formula },
    ]);
    // 3 of them are more than 5 %.
    expect(planned.length).toBeLessThan(60);
    expect(result.outcome).toBe("task");
    expect(JSON.stringify(world.notices)).toContain("Indexes that cannot be read: 1 (");
  });

  test("that cannot be asked for in time are estimated", async () => {
    const world = await open();
    expect(await world.run(undefined, 60_000)).toMatchObject({ outcome: "task" });
    expect(world.homebrew.requests.index).toBe(0);
  });

  test("of no bottle at all, because the registry is down: the run fails and is tried again", async () => {
    const world = await open({
      faults: ({ place }) => (place === "index" ? { kind: "status", status: 503 } : undefined),
    });
    await expect(world.run()).rejects.toThrow("status 503");
    expect(world.invocations).toEqual([]);
    expect(world.titles()).toEqual(["Bottle sync failed"]);
  });
});

describe("bad input", () => {
  test.each<[string, string, string]>([
    ["no JSON", "<html>", "MalformedCatalogue"],
    ["empty", "[]", "EmptyCatalogue"],
  ])("a catalogue that is %s fails with one notice, and changes nothing", async (_what, text, reason) => {
    const world = await open({ apiFiles: new Map([["formula.json", text]]) });
    world.mirror();
    const before = world.objects.keys("v2/");
    await expect(world.run()).rejects.toMatchObject({ name: reason });
    await expect(world.run()).rejects.toMatchObject({ name: reason });
    expect(world.titles()).toEqual(["Bottle sync failed"]);
    expect(JSON.stringify(world.notices)).toContain(reason);
    expect(world.objects.keys("v2/")).toEqual(before);
    expect(world.objects.keys("sync/")).toEqual(["sync/notices/2026-11-29T03-00-00Z/failed"]);
    expect(world.invocations).toEqual([]);
  });

  test("a catalogue that has shrunk fails, and is not taken for one without news", async () => {
    const apiFiles = new Map<string, string>();
    const world = await open({ apiFiles });
    await world.run();
    world.mirror();
    const all = (await (await fetch(world.homebrew.catalogueUrl)).json()) as object[];
    apiFiles.set("formula.json", JSON.stringify(all.slice(0, all.length / 2)));
    await expect(world.run({ time: "2026-12-06T03:00:00Z" })).rejects.toMatchObject({
      name: "ShrunkCatalogue",
    });
    expect(world.invocations).toHaveLength(1);
  });

  test("one broken formula is named in the notice, and the others are planned", async () => {
    const apiFiles = new Map<string, string>();
    const world = await open({ apiFiles });
    const all = (await (await fetch(world.homebrew.catalogueUrl)).json()) as { name: string }[];
    apiFiles.set("formula.json", JSON.stringify([{ ...all[0], revision: "one" }, ...all.slice(1)]));
    await world.run();
    expect(JSON.stringify(world.notices)).toContain("Formulae of the catalogue that cannot be read: 1 (");
    const left = world.wanted.filter(({ formula }) => formula !== all[0]!.name);
    expect(bySha(await world.plan())).toEqual(bySha(left));
  });

  test("a misspelt platform among others is named in the notice", async () => {
    const world = await open({ environment: { TARGET_PLATFORMS: "arm64_tahoe, arm64_sequioa" } });
    await world.run();
    expect(JSON.stringify(world.notices)).toMatch(/0 of \d+ formulae have a bottle for arm64_sequioa/);
  });

  test("misspelt platforms only are an error with the right ones", async () => {
    const world = await open({ environment: { TARGET_PLATFORMS: "arm64_taho" } });
    await expect(world.run()).rejects.toThrow(
      /expected platforms of the catalogue \(.*arm64_tahoe.*\), found arm64_taho/,
    );
    expect(world.invocations).toEqual([]);
  });

  test("a bucket without a permission is named, with what to allow", async () => {
    const world = await open({
      intercept: ({ method }) =>
        method === "GET"
          ? {
              status: 403,
              headers: {},
              body: Buffer.from("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"),
            }
          : undefined,
    });
    await expect(world.run()).rejects.toThrow(
      "s3://mirror: s3:GetObject: S3 answered AccessDenied: Access Denied. Allow s3:GetObject to this role",
    );
    expect(world.titles()).toEqual(["Bottle sync failed"]);
  });

  test.each<[string, () => Promise<string>]>([
    ["gone", () => Promise.reject(new Error("ResourceNotFoundException"))],
    ["no URL", async () => "a-secret-token"],
  ])("a webhook that is %s does not stop the run", async (_what, secret) => {
    const world = await open({ secret });
    expect(await world.run()).toMatchObject({ outcome: "function" });
    expect(world.metric("NoticesFailed")).toEqual([1]);
  });

  test("a hash file of another kind is left as it is, and named", async () => {
    const world = await open();
    world.objects.put("bottles_hash.json", Buffer.from('{"schema_version": 9}'));
    await world.run();
    expect(world.objects.objects.get("bottles_hash.json")!.body.toString()).toBe('{"schema_version": 9}');
    expect(JSON.stringify(world.notices)).toContain("bottles_hash.json is of another kind or version");
  });

  test("an external hash file that is missing is named, and the run goes on", async () => {
    const world = await open({ environment: { EXTERNAL_HASH_FILE_S3_KEY: "old.json" } });
    expect(await world.run()).toMatchObject({ outcome: "function" });
    expect(JSON.stringify(world.notices)).toContain(
      "s3://mirror/old.json: expected a hash file, found no object",
    );
  });
});

test("the hash file has all that the mirror has of its platforms", async () => {
  const world = await open();
  world.mirror();
  await world.run();
  const file = JSON.parse(world.objects.objects.get("bottles_hash.json")!.body.toString());
  expect(Object.keys(file.bottles)).toHaveLength(world.wanted.length);
  const { formula, version, tag, sha256, size } = world.wanted[0]!;
  expect(file.bottles[`${formula}-${version}-${tag}`]).toMatchObject({ sha256, file_size: size });
});

test("the file of another mirror starts that of this one, and decides nothing", async () => {
  const text = JSON.stringify({
    last_updated: "2025-07-21T03:00:00Z",
    bottles: Object.fromEntries(
      smallCorpus.bottles.map(({ formula, version, tag, sha256, size }) => [
        `${formula}-${version}-${tag}`,
        { sha256, download_date: "2025-07-21", file_size: size },
      ]),
    ),
  });
  const world = await open({ environment: { EXTERNAL_HASH_FILE_S3_KEY: "old.json" } });
  world.objects.put("old.json", Buffer.from(text));
  await world.run();
  expect(await world.plan()).toHaveLength(world.wanted.length);
  const file = JSON.parse(world.objects.objects.get("bottles_hash.json")!.body.toString());
  expect(Object.keys(file.bottles)).toHaveLength(smallCorpus.bottles.length);
});
