import fc from "fast-check";
import { hashFileKey } from "../../../bottles/hash-file/hash-file";
import { parseHashFile } from "../../../bottles/hash-file/parse-hash-file";
import { leaseKey } from "../../../bottles/sync/lease";
import { refuse } from "../../../testing/object-store";
import { createDeadlineWorld } from "./world";

const minute = 60_000;
const fifteenMinutes = 15 * minute;

test("mirrors a small plan and says so", async () => {
  const world = await createDeadlineWorld({ bottles: 30, requestMs: 200, limitMs: fifteenMinutes });
  const { result } = await world.invoke();
  expect(result).toMatchObject({ outcome: "complete", mirrored: 30, left: 0 });
  expect(world.missing()).toEqual([]);
  expect(world.missingIndexes()).toEqual([]);
  expect(world.invoked).toEqual([]);
  expect(world.notices).toHaveLength(1);
  expect(world.notices[0]).toContain("succeeded");
});

test("hands on what is left a minute before its end, and the next one does it", async () => {
  // Five at once, five seconds each.
  const world = await createDeadlineWorld({ bottles: 60, requestMs: 5_000, limitMs: minute + 22_000 });
  const { result, ms } = await world.invoke();
  expect(result.outcome).toBe("handed on");
  // Those that were under way after 22 s have ended.
  expect(result.mirrored).toBe(25);
  expect(result.left).toBeGreaterThanOrEqual(35);
  expect(ms).toBeLessThan(minute);
  expect(world.invoked).toMatchObject([{ name: "launcher", event: world.event }]);
  expect(parseHashFile(world.bucket.objects.get(hashFileKey)!.body.toString()).file.entries.size).toBe(25);
  // The lease is free, and nobody is told that the run has succeeded or failed.
  expect(JSON.parse(world.bucket.objects.get(leaseKey)!.body.toString())).toMatchObject({ expiresAt: 0 });
  expect(world.notices).toEqual([]);

  const next = await world.invoke(fifteenMinutes);
  expect(next.result).toMatchObject({ outcome: "complete", mirrored: 35, left: 0 });
  expect(world.missing()).toEqual([]);
  expect(world.missingIndexes()).toEqual([]);
});

test("ends requests that take longer than the time for what is under way", async () => {
  const world = await createDeadlineWorld({ bottles: 10, requestMs: 10 * minute, limitMs: 3 * minute });
  const { result, ms } = await world.invoke();
  expect(result).toMatchObject({ outcome: "handed on", mirrored: 0 });
  expect(ms).toBeGreaterThanOrEqual(2 * minute);
  expect(ms).toBeLessThan(2 * minute + 30_000);
});

test("below the threshold done or handed on, never complete with work left: 60 plans", async () => {
  const outcomes = { complete: 0, "handed on": 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        bottles: fc.nat(60),
        requestMs: fc.integer({ min: 50, max: 20_000 }),
        limitMs: fc.integer({ min: 30_000, max: 5 * minute }),
      }),
      async (settings) => {
        const world = await createDeadlineWorld(settings);
        const { result, ms } = await world.invoke();
        outcomes[result.outcome] += 1;
        const left = world.missing().length + world.missingIndexes().length;
        if (result.outcome === "complete") {
          expect([left, result.left]).toEqual([0, 0]);
          expect(world.invoked).toEqual([]);
        } else {
          expect(result.left).toBeGreaterThan(0);
          expect(world.invoked).toHaveLength(1);
          expect(world.invoked[0]!.at).toBeLessThan(world.clock.now().getTime() + 1);
        }
        // It has ended by itself, also if it had less than a minute.
        expect(ms).toBeLessThanOrEqual(Math.max(settings.limitMs, minute) - 30_000);
      },
    ),
    { numRuns: 60, seed: 2026 },
  );
  expect(outcomes.complete).toBeGreaterThan(10);
  expect(outcomes["handed on"]).toBeGreaterThan(10);
}, 120_000);

test("fails when what is left cannot be handed on, so that Lambda retries", async () => {
  const world = await createDeadlineWorld({ bottles: 60, requestMs: 5_000, limitMs: minute + 10_000 });
  await expect(world.invoke(minute + 10_000, { failInvoke: true })).rejects.toThrow("Lambda answered 500");
  expect(world.missing().length).toBeGreaterThan(0);
});

test("fails while another run is going on, so that Lambda retries", async () => {
  const world = await createDeadlineWorld({ bottles: 60, requestMs: 5_000, limitMs: fifteenMinutes });
  const both = await Promise.allSettled([world.invoke(), world.invoke()]);
  const reasons = both.flatMap((each) => (each.status === "rejected" ? [each.reason.name] : []));
  expect(reasons).toEqual(["Busy"]);
  expect(world.missing()).toEqual([]);
});

test.each([
  ["an event of another kind", {}, /event|detail/],
  ["a plan that is not there", { key: "sync/plans/other.jsonl.gz" }, /expected a plan, found no object/],
  ["a plan with other bytes", { sha256: "0".repeat(64) }, /expected the SHA-256 0{64}/],
])("refuses %s", async (_name, plan, reason) => {
  const world = await createDeadlineWorld({ bottles: 3, requestMs: 1, limitMs: fifteenMinutes });
  const { detail } = world.event;
  if (Object.keys(plan).length === 0) Object.assign(world.event, { detail: { service: "report" } });
  else Object.assign(world.event, { detail: { ...detail, plan: { ...detail.plan, ...plan } } });
  await expect(world.invoke()).rejects.toThrow(reason);
  expect(world.requests()).toBe(0);
  expect(world.lines.join()).toContain("sync failed");
});

test("fails when the bucket refuses", async () => {
  const world = await createDeadlineWorld({
    bottles: 3,
    requestMs: 1,
    limitMs: fifteenMinutes,
    connection: {
      intercept: ({ method, key }) =>
        method === "PUT" && key.includes("/blobs/") ? refuse(403, "AccessDenied") : undefined,
    },
  });
  await expect(world.invoke()).rejects.toMatchObject({ name: "AccessDenied" });
  expect(world.notices).toHaveLength(1);
  expect(world.notices[0]).toContain("s3:PutObject");
});
