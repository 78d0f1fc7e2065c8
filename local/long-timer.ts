import type { Cancel, Clock } from "./clock";

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Sets a timer of any length. A timer of Node.js fires at once if it is longer than 24.8 days. */
export function setLongTimer(clock: Clock, ms: number, fire: () => void): Cancel {
  let cancel: Cancel = () => {};
  const wait = (left: number) => {
    const step = Math.min(left, MAX_TIMER_MS);
    cancel = clock.setTimer(step, () => (left > step ? wait(left - step) : fire()));
  };
  wait(ms);
  return () => cancel();
}
