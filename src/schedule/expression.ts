import type { Construct } from "constructs";
import { checkHappens, cron } from "../core/cron";
import { check, checkLength, checkMatches, isKnown } from "../core/validation";

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

// What the module checks too: Terraform has no time zone database, but areas and names without an area do not get more.
const areas =
  "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|" +
  "Mexico|Pacific|US";
const namesWithoutArea =
  "CET|CST6CDT|Cuba|EET|EST|EST5EDT|Egypt|Eire|GB|GB-Eire|GMT|GMT[+]0|GMT-0|GMT0|Greenwich|HST|" +
  "Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Kwajalein|Libya|MET|MST|MST7MDT|NZ|NZ-CHAT|Navajo|" +
  "PRC|PST8PDT|Poland|Portugal|ROC|ROK|Singapore|Turkey|UCT|UTC|Universal|W-SU|WET|Zulu";
const zoneName = new RegExp(`^((${areas})(/[A-Za-z0-9_+-]+){1,2}|${namesWithoutArea})$`);

/** @throws ValidationError when `timeZone` is not in the IANA time zone database of this machine. */
export function checkTimeZone(scope: Construct, timeZone: string | undefined): void {
  const allowed =
    'EventBridge Scheduler takes a name from the IANA time zone database, such as "Europe/Berlin" or "UTC".';
  checkMatches(scope, "timeZone", timeZone, zoneName, allowed);
  if (isKnown(timeZone)) check(scope, isTimeZone(timeZone!), `timeZone is "${timeZone}"; ${allowed}`);
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return true;
  } catch {
    return false;
  }
}
