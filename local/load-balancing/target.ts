import type { Cancel, Clock } from "../clock";
import type { TargetId } from "./check-targets";
import type { TargetGroup } from "./target-group";

export interface Health {
  state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  reason?: string;
  description?: string;
}

/** Why a health check failed, as DescribeTargetHealth words it. */
export interface Failure {
  reason: "Target.ResponseCodeMismatch" | "Target.Timeout" | "Target.FailedHealthChecks";
  description: string;
}

export interface TargetSurroundings {
  clock: Clock;
  /** The group as it is now; undefined while no listener forwards to it. */
  usedGroup(): Promise<TargetGroup | undefined>;
  /** undefined when the target is well */
  check(group: TargetGroup, target: TargetId): Promise<Failure | undefined>;
}

const REGISTERING: Health = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};
const CHECKING: Health = {
  state: "initial",
  reason: "Elb.InitialHealthChecking",
  description: "Initial health checks in progress",
};
const DRAINING: Health = {
  state: "draining",
  reason: "Target.DeregistrationInProgress",
  description: "Target deregistration is in progress",
};

/** A registered target, checked once in every interval until it drains. */
export class Target implements TargetId {
  health = REGISTERING;
  private passed = 0;
  private failed = 0;
  private over = false;
  private next: Cancel = () => {};

  constructor(
    readonly id: string,
    readonly port: number,
    group: TargetGroup,
    private readonly around: TargetSurroundings,
  ) {
    this.schedule(group);
  }

  /** Takes no new requests from now on, and calls `gone` when the deregistration delay is over. */
  drain({ deregistrationDelaySeconds }: TargetGroup, gone: () => void): void {
    this.end();
    this.health = DRAINING;
    this.next = this.around.clock.setTimer(deregistrationDelaySeconds * 1000, gone);
  }

  /** Leaves no timer behind. */
  end(): void {
    this.next();
    this.over = true;
  }

  private schedule(group: TargetGroup): void {
    const { clock } = this.around;
    this.next = clock.setTimer(group.healthCheck.intervalSeconds * 1000, () => void this.check(group));
  }

  private async check(last: TargetGroup): Promise<void> {
    // A group that cannot be looked up now is asked for again after an interval.
    const group = await this.around.usedGroup().catch(() => undefined);
    if (this.over) return;
    this.schedule(group ?? last);
    if (!group) {
      this.health = REGISTERING;
      this.passed = 0;
      this.failed = 0;
      return;
    }
    const failure = await this.around.check(group, this);
    if (!this.over) this.learn(failure, group);
  }

  private learn(failure: Failure | undefined, { healthCheck }: TargetGroup): void {
    if (failure) {
      this.passed = 0;
      this.failed += 1;
      if (this.failed >= healthCheck.unhealthyThreshold) this.health = { state: "unhealthy", ...failure };
      else if (this.health === REGISTERING) this.health = CHECKING;
      return;
    }
    this.failed = 0;
    this.passed += 1;
    // A new target must pass one check, one that was unhealthy as many as the threshold says
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
    const needed = this.health.state === "unhealthy" ? healthCheck.healthyThreshold : 1;
    if (this.passed >= needed) this.health = { state: "healthy" };
  }
}
