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
