interface Cooldown {
  until: number;
  /** the capacity before the activity that began it */
  before: number;
}

/**
 * The cooldowns of a scalable target. In a cooldown what was added already counts as part of the next scale-out, and scale-in
 * waits. A scale-out ends the cooldown of a scale-in
 * (https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html).
 */
export class Cooldowns {
  private out: Cooldown | undefined;
  private inward: Cooldown | undefined;

  /** The capacity that an adjustment is added to. */
  base(current: number, now: number): number {
    return this.out && now < this.out.until ? this.out.before : current;
  }

  allows(current: number, next: number, now: number): boolean {
    if (next > current) return true;
    return !this.isOn(this.out, now) && !this.isOn(this.inward, now);
  }

  begin(current: number, next: number, now: number, seconds: number): void {
    const until = now + seconds * 1000;
    if (next > current) {
      this.out = { until, before: this.base(current, now) };
      this.inward = undefined;
    } else {
      this.inward = { until, before: current };
    }
  }

  private isOn(cooldown: Cooldown | undefined, now: number): boolean {
    return cooldown !== undefined && now < cooldown.until;
  }
}
