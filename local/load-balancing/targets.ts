import { AwsError } from "../aws-error";
import type { TargetId } from "./check-targets";
import { type Health, Target, type TargetDependencies } from "./target";
import type { TargetGroup } from "./target-group";

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const MAX_TARGETS = 1000;

const NOT_REGISTERED: Health = {
  state: "unused",
  reason: "Target.NotRegistered",
  description: "Target is not registered to the target group",
};

/** The targets of one group. */
export class Targets {
  private readonly byKey = new Map<string, Target>();

  constructor(private readonly dependencies: TargetDependencies) {}

  /** Registers all targets or, with an error, none. A registered target does not change. */
  register(group: TargetGroup, targets: TargetId[]): void {
    const fresh = new Map(
      targets.filter((target) => !this.serves(target)).map((target) => [keyOf(target), target]),
    );
    if (this.serving().length + fresh.size > MAX_TARGETS) {
      throw new AwsError("TooManyTargets", `A target group has at most ${MAX_TARGETS} targets`);
    }
    for (const [key, { id, port }] of fresh) {
      this.byKey.get(key)?.end();
      this.byKey.set(key, new Target(id, port, group, this.dependencies));
    }
  }

  /** @param used whether a listener forwards to the group; only then targets drain */
  deregister(group: TargetGroup, targets: TargetId[], used: boolean): void {
    for (const id of targets) {
      const target = this.byKey.get(keyOf(id));
      if (!target || target.health.state === "draining") continue;
      if (used && group.deregistrationDelaySeconds > 0) target.drain(group, () => this.remove(target));
      else this.remove(target);
    }
  }

  health(target: TargetId): Health {
    return this.byKey.get(keyOf(target))?.health ?? NOT_REGISTERED;
  }

  /** All targets in the order of registration, with those that drain. */
  all(): Target[] {
    return [...this.byKey.values()];
  }

  /** The targets that are not draining. */
  serving(): Target[] {
    return this.all().filter(({ health }) => health.state !== "draining");
  }

  end(): void {
    for (const target of this.all()) target.end();
  }

  private serves(target: TargetId): boolean {
    const registered = this.byKey.get(keyOf(target));
    return registered !== undefined && registered.health.state !== "draining";
  }

  private remove(target: Target): void {
    target.end();
    this.byKey.delete(keyOf(target));
  }
}

function keyOf({ id, port }: TargetId): string {
  return `${id}:${port}`;
}
