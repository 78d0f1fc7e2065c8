import type { Cancel, Clock } from "../clock";
import type { TargetId } from "./check-targets";
import type { TargetGroup } from "./target-group";

export interface Health {
  state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  reason?: string;
  description?: string;
}

/** Why a health check failed, in the words of DescribeTargetHealth. */
export interface Failure {
  reason: "Target.ResponseCodeMismatch" | "Target.Timeout" | "Target.FailedHealthChecks";
  description: string;
}

export interface TargetDependencies {
  clock: Clock;
  /** The current group; undefined while no listener forwards to it. */
  usedGroup(): Promise<TargetGroup | undefined>;
  /** Returns undefined if the target is healthy. */
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

/** A registered target. It is checked once in each interval until it drains. */
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
    private readonly dependencies: TargetDependencies,
  ) {
    this.schedule(group);
  }

  /** Starts to drain, and calls `gone` after the deregistration delay. */
  drain({ deregistrationDelaySeconds }: TargetGroup, gone: () => void): void {
    this.end();
    this.health = DRAINING;
    this.next = this.dependencies.clock.setTimer(deregistrationDelaySeconds * 1000, gone);
  }

  /** Stops the health checks and cancels all timers. */
  end(): void {
    this.next();
    this.over = true;
  }

  private schedule(group: TargetGroup): void {
    const { clock } = this.dependencies;
    this.next = clock.setTimer(group.healthCheck.intervalSeconds * 1000, () => void this.check(group));
  }

  private async check(last: TargetGroup): Promise<void> {
    // If the group cannot be looked up now, the next check tries again.
    const group = await this.dependencies.usedGroup().catch(() => undefined);
    if (this.over) return;
    this.schedule(group ?? last);
    if (!group) {
      this.health = REGISTERING;
      this.passed = 0;
      this.failed = 0;
      return;
    }
    const failure = await this.dependencies.check(group, this);
    if (!this.over) this.recordCheck(failure, group);
  }

  private recordCheck(failure: Failure | undefined, { healthCheck }: TargetGroup): void {
    if (failure) {
      this.passed = 0;
      this.failed += 1;
      if (this.failed >= healthCheck.unhealthyThreshold) this.health = { state: "unhealthy", ...failure };
      else if (this.health === REGISTERING) this.health = CHECKING;
      return;
    }
    this.failed = 0;
    this.passed += 1;
    // A new target must pass one check, an unhealthy one as many as the threshold
    // (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html).
    const needed = this.health.state === "unhealthy" ? healthCheck.healthyThreshold : 1;
    if (this.passed >= needed) this.health = { state: "healthy" };
  }
}
