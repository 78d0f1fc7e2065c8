import type { Construct } from "constructs";
import { check } from "./validation";

const step = "(/[1-9][0-9]*)?";
const minute = "(0?[0-9]|[1-5][0-9])";
const hour = "(0?[0-9]|1[0-9]|2[0-3])";
const dayOfMonth = "(0?[1-9]|[12][0-9]|3[01])";
const month = "(0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)";
const dayOfWeek = "([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)";
const year = "(19[7-9][0-9]|2[01][0-9][0-9])";

const field = (value: string): string => {
  const item = `${value}(-${value})?${step}`;
  return `(\\*${step}|${item}(,${item})*)`;
};
const anyDayOfMonth = `(${field(dayOfMonth)}|L|${dayOfMonth}W)`;
const anyDayOfWeek = `(${field(dayOfWeek)}|L|${dayOfWeek}(L|#[1-5]))`;
const days = `(${anyDayOfMonth} ${field(month)} \\?|\\? ${field(month)} ${anyDayOfWeek})`;

/**
 * `cron(…)` as EventBridge and EventBridge Scheduler accept it: six fields, with `?` in exactly one of the two day fields
 * (Amazon EventBridge User Guide, "Cron expressions").
 */
export const cron = new RegExp(`^cron\\(${field(minute)} ${field(hour)} ${days} ${field(year)}\\)$`);

/** Days 30 and 31 in February only, or day 31 in months of 30 days only: dates that no year has. Modules have a copy. */
const never =
  /^cron\([^ ]+ [^ ]+ ((30|31)(,(30|31))* (0?2|FEB)|31(,31)* (0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV)(,(0?2|FEB|0?4|APR|0?6|JUN|0?9|SEP|11|NOV))*) /;

/** @throws ValidationError when no date matches the days and months of a `cron` expression. */
export function checkHappens(scope: Construct, prop: string, expression: string): void {
  check(
    scope,
    !never.test(expression),
    `${prop} is "${expression}"; no month that it names has such a day, so it would never be due. Use L for the last day of a month.`,
  );
}
