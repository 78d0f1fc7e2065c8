import type { SizedBottle } from "../../../bottles/bottle";
import { decideHost, type HostSettings } from "../../../bottles/plan/decide-host";

const gb = 1024 ** 3;
const bottles = (...sizes: (number | undefined)[]): SizedBottle[] =>
  sizes.map((size, index) => ({
    formula: `f${index}`,
    version: "1",
    rebuild: 0,
    tag: "all",
    url: "https://ghcr.io/",
    sha256: "",
    size,
  }));
const many = (count: number, size: number | undefined) =>
  bottles(...Array.from({ length: count }, () => size));

const decide = (plan: SizedBottle[], settings: Partial<HostSettings> = {}) =>
  decideHost(plan, { thresholdGb: 20, limitSeconds: 600, concurrency: 5, ...settings });

test("from the threshold on a task downloads", () => {
  expect(decide(bottles(20 * gb - 1))).toMatchObject({ host: "function", bytes: 20 * gb - 1 });
  expect(decide(bottles(20 * gb))).toMatchObject({
    host: "task",
    reason: "20.00 GB are not below the threshold of 20 GB",
  });
});

test("many small bottles take longer than their bytes say", () => {
  expect(decide(many(1_000, 1_000))).toMatchObject({ host: "function", seconds: 31 });
  expect(decide(many(25_000, 1_000))).toMatchObject({
    host: "task",
    reason: "about 751 s are more than the limit of 600 s",
  });
  expect(decide(many(25_000, 1_000), { concurrency: 10 })).toMatchObject({ host: "function" });
});

test("with the threshold 0 a task downloads whatever there is", () => {
  expect(decide(bottles(1), { thresholdGb: 0 }).host).toBe("task");
  expect(decide(bottles(), { thresholdGb: 0 })).toMatchObject({ host: "function", bytes: 0 });
});

test("a size that is not known counts as the 95th percentile, and many of them need a task", () => {
  const known = Array.from({ length: 100 }, (_, index) => (index + 1) * 1_000);
  const sum = known.reduce((total, size) => total + size, 0);
  expect(decide(bottles(...known, undefined))).toMatchObject({
    host: "function",
    bytes: sum + 95_000,
    unknownSizes: 1,
  });
  expect(
    decide(bottles(...many(94, 1).map(({ size }) => size), ...many(6, undefined).map(({ size }) => size))),
  ).toMatchObject({
    host: "task",
    reason: "6 of 100 bottles have no known size",
  });
  expect(decide(bottles(undefined))).toMatchObject({ host: "task", bytes: 0 });
});
