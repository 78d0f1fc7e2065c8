import { createAwsCalls } from "../../../handlers/register-targets/rate-limited-calls";
import { createRateLimiter } from "../../../handlers/register-targets/rate-limiter";
import { createRateLimiters } from "../../../handlers/register-targets/rate-limits";
import { OutOfTime } from "../../../handlers/register-targets/remaining-time";
import { VirtualClock } from "../../../local/clock";

const createTime = () => {
  const clock = new VirtualClock();
  const began = clock.now().getTime();
  return {
    clock,
    now: () => clock.now().getTime(),
    sleep: (ms: number) => clock.sleep(ms),
    /** Milliseconds since the beginning. */
    passed: () => clock.now().getTime() - began,
  };
};
const plenty = () => 60_000;
const throttle = () =>
  Promise.reject(Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" }));

test("keeps calls of all invocations below the rate after a burst", async () => {
  const { clock, now, sleep, passed } = createTime();
  const pace = createRateLimiter(now, sleep, { perSecond: 5, burst: 3 });
  const at: number[] = [];
  const calls = Array.from({ length: 8 }, () => pace.wait(plenty).then(() => at.push(passed())));
  await clock.advance(10_000);
  await Promise.all(calls);
  expect(at).toEqual([0, 0, 0, 200, 400, 600, 800, 1000]);
  await pace.wait(plenty);
  expect(passed()).toBe(10_000);
});

test("throws OutOfTime when the delay would be too long for the invocation", async () => {
  const { now, sleep } = createTime();
  const pace = createRateLimiter(now, sleep, { perSecond: 1, burst: 1 });
  await pace.wait(plenty);
  await expect(pace.wait(() => 15_500)).rejects.toThrow(OutOfTime);
  // It has used nothing of the rate.
  const next = pace.wait(plenty);
  await expect(pace.wait(() => 16_500)).rejects.toThrow(OutOfTime);
  void next;
});

test("delays no call until AWS throttles one, and none after a pause, with onlyAfterThrottling", async () => {
  const { clock, now, sleep, passed } = createTime();
  const pace = createRateLimiter(now, sleep, { perSecond: 2, burst: 4 }, { onlyAfterThrottling: true });
  for (let call = 0; call < 100; call += 1) await pace.wait(plenty);
  expect(passed()).toBe(0);
  pace.onThrottled();
  const at: number[] = [];
  const calls = Array.from({ length: 3 }, () => pace.wait(plenty).then(() => at.push(passed())));
  await clock.advance(1500);
  await Promise.all(calls);
  expect(at).toEqual([500, 1000, 1500]);
  await clock.advance(5000);
  for (let call = 0; call < 100; call += 1) await pace.wait(plenty);
  expect(passed()).toBe(6500);
});

test("retries a throttled call three times at most, and throws any other error", async () => {
  const { clock, now, sleep } = createTime();
  const calls = createAwsCalls(createRateLimiters(now, sleep), sleep, plenty);
  let tries = 0;
  const failing = calls.other(() => {
    tries += 1;
    return throttle();
  });
  failing.catch(() => {});
  await clock.advance(60_000);
  await expect(failing).rejects.toThrow("Rate exceeded");
  expect(tries).toBe(4);

  tries = 0;
  const denied = calls.other(() => {
    tries += 1;
    return Promise.reject(Object.assign(new Error("no"), { name: "AccessDeniedException" }));
  });
  await expect(denied).rejects.toThrow("no");
  expect(tries).toBe(1);
});

test("does not retry when the invocation has no time left", async () => {
  const { now, sleep } = createTime();
  const calls = createAwsCalls(createRateLimiters(now, sleep), sleep, () => 15_900);
  let tries = 0;
  const failing = calls.register(() => {
    tries += 1;
    return throttle();
  });
  await expect(failing).rejects.toThrow("Rate exceeded");
  expect(tries).toBe(1);
});
