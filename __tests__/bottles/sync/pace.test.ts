import { createPace } from "../../../bottles/sync/pace";
import type { Timers } from "../../../bottles/sync/timers";

const createTime = () => {
  let now = 0;
  const slept: number[] = [];
  const timers: Timers = {
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    after: () => () => {},
  };
  return { timers, slept, pass: (ms: number) => (now += ms) };
};
const signal = new AbortController().signal;

test("halves the downloads once for all answers of a moment, and waits as long as the server says", async () => {
  const { timers, slept, pass } = createTime();
  const pace = createPace(10, timers);
  pace.slowDown(2_000);
  pace.slowDown(3_000);
  expect(pace.limit()).toBe(5);
  await pace.ready(signal);
  expect(slept).toEqual([3_000]);
  pass(1);
  pace.slowDown(1_000);
  pass(1_001);
  pace.slowDown(1_000);
  pass(1_001);
  pace.slowDown(1_000);
  expect(pace.limit()).toBe(1);
});

test("lets one more in after some successes, up to the limit", () => {
  const { timers } = createTime();
  const pace = createPace(3, timers);
  pace.slowDown(0);
  expect(pace.limit()).toBe(1);
  for (let bottle = 0; bottle < 2; bottle++) pace.succeeded();
  expect(pace.limit()).toBe(2);
  for (let bottle = 0; bottle < 40; bottle++) pace.succeeded();
  expect(pace.limit()).toBe(3);
});

test("keeps further downloads waiting, and lets them go when the run ends", async () => {
  const { timers } = createTime();
  const pace = createPace(1, timers);
  const stop = new AbortController();
  await pace.enter(signal);
  const second = pace.enter(signal);
  const third = pace.enter(stop.signal);
  stop.abort(new Error("ended"));
  await expect(third).rejects.toThrow("ended");
  pace.leave();
  await second;
});
