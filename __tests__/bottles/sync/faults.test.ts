import { createBottleSyncWorld } from "../../../testing/bottle-sync";
import type { Fault, FaultScript, HomebrewRequest } from "../../../testing/homebrew";

const scale = 0.01;
const corpus = { seed: 5, bottles: 12, scale: 0.05 };

/** Syncs a dozen bottles, of which one meets faults. It is larger than a part, so that it is uploaded in pieces. */
const syncWith = async (faults: FaultScript, { sizes = true }: { sizes?: boolean } = {}) => {
  const world = await createBottleSyncWorld({ corpus, pieceScale: scale });
  const target = [...world.bottles].sort((one, other) => other.size - one.size)[0]!;
  expect(target.size).toBeGreaterThan(2 * world.partLimit);
  const isTarget = (request: HomebrewRequest): boolean =>
    request.place !== "index" && request.sha256 === target.sha256;
  world.homebrew.setFaults((request) => (isTarget(request) ? faults(request) : undefined));
  const notices: string[] = [];
  const lines: string[] = [];
  const bottles = sizes ? world.bottles : world.bottles.map((bottle) => ({ ...bottle, size: undefined }));
  try {
    const sync = world.sync({
      environment: { SLACK_WEBHOOK_SECRET_NAME: "webhook" },
      lines,
      post: async (_url, body) => {
        notices.push(body);
        return { status: 200, text: "ok" };
      },
    });
    const result = await sync(await world.plan("run", bottles), new AbortController().signal);
    expect(world.findWrongObjects()).toEqual([]);
    expect(world.bucket.uploads.size).toBe(0);
    expect(world.bucket.keys("sync/uploads/")).toEqual([]);
    expect(world.homebrew.withAuthorization.storage).toBe(0);
    return { result, world, target, notices, lines };
  } finally {
    world.stop();
  }
};

const once =
  (fault: Fault, place: HomebrewRequest["place"] = "storage"): FaultScript =>
  (request) =>
    request.place === place && request.attempt === 1 ? fault : undefined;

/** The first answer breaks, so that the second request has a range, and meets the fault. */
const atResume =
  (fault: Fault): FaultScript =>
  ({ place, attempt }) => {
    if (place !== "storage") return undefined;
    if (attempt === 1) return { kind: "reset", afterBytes: 100_000 };
    return attempt === 2 ? fault : undefined;
  };

describe.each([true, false])("with sizes of the index: %s", (sizes) => {
  test.each<[string, FaultScript, Fault["kind"], number]>([
    [
      "throttling of the registry",
      once({ kind: "status", status: 429, retryAfterSeconds: 2 }, "registry"),
      "status",
      1,
    ],
    ["throttling of the storage", once({ kind: "status", status: 503 }), "status", 2],
    ["an error of the registry", once({ kind: "status", status: 500 }, "registry"), "status", 1],
    ["an error of the storage", once({ kind: "status", status: 502 }), "status", 2],
    ["a URL that has expired", once({ kind: "expired" }), "expired", 2],
    ["a connection that breaks", once({ kind: "reset", afterBytes: 100_000 }), "reset", 2],
    ["an answer that is too short", once({ kind: "truncated", afterBytes: 100_000 }), "truncated", 2],
    ["bytes that are not those of the catalogue", once({ kind: "corrupt" }), "corrupt", 2],
    ["a range that begins elsewhere", atResume({ kind: "wrongRange" }), "wrongRange", 3],
    ["a range that is ignored", atResume({ kind: "ignoredRange" }), "ignoredRange", 2],
    ["an expired URL at a resume", atResume({ kind: "expired" }), "expired", 3],
  ])("mirrors a bottle in spite of %s", async (_name, faults, kind, storageRequests) => {
    const { result, world, target } = await syncWith(faults, { sizes });
    expect(world.homebrew.met.get(kind)).toBeGreaterThan(0);
    expect(result).toMatchObject({ outcome: "complete", mirrored: world.bottles.length, left: 0 });
    expect(world.has(target)).toBe(true);
    expect(world.homebrew.requests.storage - (world.bottles.length - 1)).toBe(storageRequests);
  });
});

test("fetches only what is missing after a connection broke", async () => {
  const starts: number[] = [];
  await syncWith((request) => {
    if (request.place === "storage") starts.push(request.start);
    return once({ kind: "reset", afterBytes: 100_000 })(request);
  });
  expect(starts).toEqual([0, 100_000]);
});

test.each<[string, FaultScript, "corrupt" | "gone", string]>([
  [
    "401",
    ({ place }) => (place === "registry" ? { kind: "status", status: 401 } : undefined),
    "gone",
    "status 401",
  ],
  ["403", ({ place }) => (place === "storage" ? { kind: "expired" } : undefined), "gone", "status 403"],
  [
    "404",
    ({ place }) => (place === "registry" ? { kind: "status", status: 404 } : undefined),
    "gone",
    "status 404",
  ],
  [
    "redirects without an end",
    ({ place }) => (place === "registry" ? { kind: "endlessRedirect" } : undefined),
    "gone",
    "more than 5 redirects",
  ],
  [
    "a redirect to http",
    ({ place }) => (place === "registry" ? { kind: "redirectTo", url: "http://example.com/a" } : undefined),
    "gone",
    "redirect to http://example.com/a: expected https",
  ],
  [
    "other bytes for ever",
    ({ place }) => (place === "storage" ? { kind: "corrupt" } : undefined),
    "corrupt",
    "expected the SHA-256",
  ],
  [
    "wrong ranges for ever",
    ({ place, start, attempt }) => {
      if (place !== "storage") return undefined;
      return attempt === 1 || start === 0 ? { kind: "reset", afterBytes: 1_000 } : { kind: "wrongRange" };
    },
    "corrupt",
    "expected the range from 1000",
  ],
])("reports a bottle with %s, and mirrors the others", async (_name, faults, kind, reason) => {
  const { result, world, target, notices } = await syncWith(faults);
  expect([...world.homebrew.met.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  expect(result).toMatchObject({ outcome: "incomplete", mirrored: world.bottles.length - 1, left: 0 });
  expect(result.failed).toMatchObject([{ bottle: { sha256: target.sha256 }, kind }]);
  expect(result.failed[0]!.reason).toContain(reason);
  expect(world.missing().map(({ sha256 }) => sha256)).toEqual([target.sha256]);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain("1 bottles are corrupt or gone in the registry");
});

test("downloads a corrupt bottle three times", async () => {
  const { world, lines } = await syncWith(({ place }) =>
    place === "storage" ? { kind: "corrupt" } : undefined,
  );
  expect(world.homebrew.met.get("corrupt")).toBe(3);
  expect(lines.filter((line) => line.includes("corrupt download refused"))).toHaveLength(3);
});

test("leaves bottles to another run when the registry does not answer", async () => {
  const { result, world, notices } = await syncWith(({ place }) =>
    place === "registry" ? { kind: "status", status: 500 } : undefined,
  );
  expect(world.homebrew.met.get("status")).toBe(15);
  expect(result).toMatchObject({ outcome: "unavailable", left: 1, mirrored: world.bottles.length - 1 });
  expect(result.reason).toContain("status 500");
  expect(notices).toHaveLength(1);
});
