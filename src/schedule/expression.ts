import type { Construct } from "constructs";
import { checkHappens, cron } from "../core/cron";
import { check, checkLength, isKnown } from "../core/validation";
import { timeZones } from "./time-zones";

const rate = /^rate\([1-9][0-9]* (minute|hour|day)s?\)$/;

/** @throws ValidationError when EventBridge Scheduler would refuse the expression. */
export function checkScheduleExpression(scope: Construct, expression: string): void {
  checkLength(scope, "scheduleExpression", expression, 256, "EventBridge Scheduler");
  if (!isKnown(expression)) return;
  check(
    scope,
    rate.test(expression) || cron.test(expression) || isOnce(expression),
    `scheduleExpression is "${expression}"; EventBridge Scheduler takes rate(N minutes|hours|days), cron(minutes hours day-of-month month day-of-week year) with ? in exactly one of the two day fields, or at(yyyy-mm-ddThh:mm:ss).`,
  );
  checkHappens(scope, "scheduleExpression", expression);
}

/** Whether `expression` is `at(…)` with a date that exists: not the 30th of February. */
function isOnce(expression: string): boolean {
  const [, moment] = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression) ?? [];
  if (moment === undefined) return false;
  const time = new Date(`${moment}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(moment);
}

/** @throws ValidationError when `timeZone` is not in the IANA time zone database. */
export function checkTimeZone(scope: Construct, timeZone: string | undefined): void {
  if (!isKnown(timeZone)) return;
  check(
    scope,
    timeZones.has(timeZone!),
    `timeZone is "${timeZone}"; EventBridge Scheduler takes a name from the IANA time zone database, such as "Europe/Berlin" or "UTC".`,
  );
}
