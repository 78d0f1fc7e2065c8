import type { Cancel, Clock } from "../clock";
import { setLongTimer } from "../long-timer";
import type { Caller } from "../routing";
import { nextTime } from "./next-time";
import type { Rule } from "./rules";

interface Running {
  expression: string;
  rule: Rule;
  cancel: Cancel;
}

/** Invokes the targets of schedule rules by the clock. */
export class Schedules {
  private readonly running = new Map<string, Running>();

  constructor(
    private readonly clock: Clock,
    private readonly log: (line: string) => void,
    private readonly invoke: (caller: Caller, rule: Rule) => Promise<void>,
  ) {}

  /** Replaces the rules of an account in a region. An unchanged rule keeps its next time. */
  set({ account, region }: Caller, rules: Rule[]): void {
    const enabled = rules.filter(
      ({ State, ScheduleExpression }) => State === "ENABLED" && ScheduleExpression,
    );
    const byArn = new Map(enabled.map((rule) => [rule.Arn, rule]));
    for (const [arn, { expression, cancel }] of this.running) {
      const [, , , regionOfRule, accountOfRule] = arn.split(":");
      if (accountOfRule !== account || regionOfRule !== region) continue;
      if (byArn.get(arn)?.ScheduleExpression === expression) continue;
      cancel();
      this.running.delete(arn);
    }
    for (const [arn, rule] of byArn) {
      const running = this.running.get(arn);
      if (running) running.rule = rule;
      else this.start({ account, region }, arn, rule);
    }
  }

  private start(caller: Caller, arn: string, rule: Rule): void {
    const expression = rule.ScheduleExpression ?? "";
    const now = this.clock.now();
    const next = nextTime(expression, now);
    if (!next) {
      this.log(`events: rule ${rule.Name}: ${expression} has no next time`);
      return;
    }
    const cancel = setLongTimer(this.clock, next.getTime() - now.getTime(), () => {
      const due = this.running.get(arn)?.rule ?? rule;
      this.start(caller, arn, due);
      this.invoke(caller, due).catch((error: unknown) =>
        this.log(`events: rule ${rule.Name}: ${String(error)}`),
      );
    });
    this.running.set(arn, { expression, rule, cancel });
  }
}
