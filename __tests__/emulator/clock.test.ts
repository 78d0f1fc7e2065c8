import { VirtualClock } from "../../local/clock";

test("fires timers in order, each at its own time, and awaits what they start", async () => {
  const clock = new VirtualClock(new Date(0));
  const seen: string[] = [];
  const note = (name: string) => seen.push(`${name}@${clock.now().getTime()}`);
  clock.setTimer(30, () => note("late"));
  clock.setTimer(10, () => note("early"));
  void clock.sleep(20).then(async () => {
    note("slept");
    await clock.sleep(5);
    note("slept again");
  });
  clock.setTimer(15, () => note("cancelled"))();
  await clock.advance(29);
  expect(seen).toEqual(["early@10", "slept@20", "slept again@25"]);
  await clock.advance(1);
  expect(seen.at(-1)).toBe("late@30");
  expect(clock.now()).toEqual(new Date(30));
});
