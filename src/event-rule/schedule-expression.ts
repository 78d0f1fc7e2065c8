import type { Construct } from "constructs";
import { checkHappens, cron } from "../core/cron";
import { check, checkLength, isKnown } from "../core/validation";

const forms = [/^rate\(1 (minute|hour|day)\)$/, /^rate\(([2-9]|[1-9][0-9]+) (minutes|hours|days)\)$/, cron];

/** @throws ValidationError when EventBridge would refuse the schedule of a rule. */
export function checkScheduleExpression(
  scope: Construct,
  prop: string,
  expression: string | undefined,
): void {
  checkLength(scope, prop, expression, 256, "EventBridge");
  if (!isKnown(expression)) return;
  check(
    scope,
    forms.some((form) => form.test(expression!)),
    `${prop} is "${expression}"; EventBridge takes rate(1 minute|hour|day), rate(N minutes|hours|days) with N from 2, or cron(minutes hours day-of-month month day-of-week year) with ? in exactly one of the two day fields.`,
  );
  checkHappens(scope, prop, expression!);
}
