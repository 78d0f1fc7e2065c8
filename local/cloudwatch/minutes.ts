import type { Clock } from "../clock";
import { MINUTE_MS } from "./datapoints";

/** Calls something at every full minute of the clock, from `start` on. */
export class Minutes {
  private started = false;

  constructor(
    private readonly clock: Clock,
    private readonly onMinute: (at: number) => void,
  ) {}

  start(): void {
    if (this.started) return;
    this.started = true;
    this.wait();
  }

  private wait(): void {
    const now = this.clock.now().getTime();
    const next = (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
    this.clock.setTimer(next - now, () => {
      // A timer of Node.js can fire a millisecond early.
      this.onMinute(Math.round(this.clock.now().getTime() / MINUTE_MS) * MINUTE_MS);
      this.wait();
    });
  }
}
