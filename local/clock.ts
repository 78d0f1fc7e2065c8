/** Cancels a timer that has not fired yet. */
export type Cancel = () => void;

/** The only source of time in local AWS. With a virtual one, a test plays a day of retries in a millisecond. */
export interface Clock {
  now(): Date;
  setTimer(ms: number, fire: () => void): Cancel;
  sleep(ms: number): Promise<void>;
  /** Cancels all timers. A timer that is set later never fires. */
  stop(): void;
}

export class RealClock implements Clock {
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  now(): Date {
    return new Date();
  }

  setTimer(ms: number, fire: () => void): Cancel {
    if (this.stopped) return () => {};
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      fire();
    }, ms);
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
      clearTimeout(timer);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(ms, resolve));
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }
}

interface Timer {
  at: number;
  fire: () => void;
}

/** Time that moves only when {@link VirtualClock.advance} is called. */
export class VirtualClock implements Clock {
  private time: number;
  private readonly timers = new Set<Timer>();

  /** @param start default 2026-01-01T00:00:00Z, the same in every run */
  constructor(start: Date = new Date("2026-01-01T00:00:00Z")) {
    this.time = start.getTime();
  }

  now(): Date {
    return new Date(this.time);
  }

  setTimer(ms: number, fire: () => void): Cancel {
    const timer = { at: this.time + Math.max(0, ms), fire };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(ms, resolve));
  }

  /**
   * Moves time by `ms` milliseconds. Timers that are due fire in order, each at its own time. The promises that a timer
   * resolves run before the next timer fires.
   */
  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let timer = this.earliest(end); timer; timer = this.earliest(end)) {
      this.timers.delete(timer);
      this.time = Math.max(this.time, timer.at);
      timer.fire();
      await settle();
    }
    this.time = end;
  }

  stop(): void {
    this.timers.clear();
  }

  private earliest(end: number): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= end && (!found || timer.at < found.at)) found = timer;
    }
    return found;
  }
}

// A chain of awaits in an SDK client takes several turns of the event loop.
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
