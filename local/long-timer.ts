import type { Cancel, Clock } from "./clock";

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A timer of Node.js overflows after 24.8 days and would fire at once; this one does not. */
export function setLongTimer(clock: Clock, ms: number, fire: () => void): Cancel {
  let cancel: Cancel = () => {};
  const wait = (left: number) => {
    const step = Math.min(left, LONGEST_TIMER_MS);
    cancel = clock.setTimer(step, () => (left > step ? wait(left - step) : fire()));
  };
  wait(ms);
  return () => cancel();
}
