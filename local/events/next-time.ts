import { instantOf, wallClock } from "./time-zone";

const UNITS_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ");
const DAYS = "SUN MON TUE WED THU FRI SAT".split(" ");
const YEARS_AHEAD = 5;

/**
 * The next time of a schedule expression after `now`; undefined if there is none or the expression is invalid.
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html)
 *
 * @param timeZone IANA name of the time zone of a cron expression
 */
export function nextTime(expression: string, now: Date, timeZone = "UTC"): Date | undefined {
  const rate = rateMs(expression);
  if (rate !== undefined) return new Date(now.getTime() + rate);
  const cron = cronFields(expression);
  return cron && nextCronInZone(cron, now, timeZone);
}

/** Milliseconds between two invocations of a rate expression; undefined if it is another expression. */
export function rateMs(expression: string): number | undefined {
  const [, count, unit = ""] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined ? undefined : Number(count) * (UNITS_MS[unit] ?? 0);
}

/** The six fields of a cron expression; undefined if it is another expression. */
export function cronFields(expression: string): string[] | undefined {
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  return fields?.length === 6 ? fields : undefined;
}

// A local time that is skipped in spring has no invocation, one that comes twice in autumn has one
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
function nextCronInZone(fields: string[], now: Date, timeZone: string): Date | undefined {
  let wall: Date | undefined = wallClock(now, timeZone);
  for (wall = nextCron(fields, wall); wall; wall = nextCron(fields, wall)) {
    const found = instantOf(wall, timeZone);
    if (found && found > now) return found;
  }
  return undefined;
}

function nextCron(fields: string[], now: Date): Date | undefined {
  const [minute = "", hour = "", day = "", month = "", weekday = "", year = ""] = fields;
  const minutes = numbers(minute, 0, 59);
  const hours = numbers(hour, 0, 23);
  const months = numbers(month, 1, 12, MONTHS);
  const years = numbers(year, 1970, 2199);
  const date = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const lastYear = now.getUTCFullYear() + YEARS_AHEAD;
  for (; date.getUTCFullYear() <= lastYear; date.setUTCDate(date.getUTCDate() + 1)) {
    if (!years.includes(date.getUTCFullYear()) || !months.includes(date.getUTCMonth() + 1)) continue;
    if (!(day === "?" ? weekdayMatches(weekday, date) : dayMatches(day, date))) continue;
    for (const h of hours) {
      for (const m of minutes) {
        const found = date.getTime() + h * 3_600_000 + m * 60_000;
        if (found > now.getTime()) return new Date(found);
      }
    }
  }
  return undefined;
}

function dayMatches(field: string, date: Date): boolean {
  const last = lastDay(date);
  if (field === "L") return date.getUTCDate() === last;
  const nearest = /^(\d+)W$/.exec(field);
  if (!nearest) return numbers(field, 1, 31).includes(date.getUTCDate());
  const wanted = new Date(date);
  wanted.setUTCDate(Math.min(Number(nearest[1]), last));
  const shift = wanted.getUTCDay() === 6 ? (wanted.getUTCDate() === 1 ? 2 : -1) : 0;
  const sunday = wanted.getUTCDay() === 0 ? (wanted.getUTCDate() === last ? -2 : 1) : 0;
  return date.getUTCDate() === wanted.getUTCDate() + shift + sunday;
}

function weekdayMatches(field: string, date: Date): boolean {
  const weekday = date.getUTCDay() + 1;
  const nth = /^(\w+)#(\d)$/.exec(field);
  if (nth) return weekday === dayNumber(nth[1] ?? "") && Math.ceil(date.getUTCDate() / 7) === Number(nth[2]);
  const last = /^(\w+)L$/.exec(field);
  if (last) return weekday === dayNumber(last[1] ?? "") && date.getUTCDate() > lastDay(date) - 7;
  if (field === "L") return weekday === 7;
  return numbers(field, 1, 7, DAYS).includes(weekday);
}

function dayNumber(text: string): number {
  return numbers(text, 1, 7, DAYS)[0] ?? 0;
}

function lastDay(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The values of a field like `*`, `1,15`, `MON-FRI`, `0/15`. */
function numbers(field: string, min: number, max: number, names: string[] = []): number[] {
  const value = (text: string) => {
    const named = names.indexOf(text.toUpperCase());
    return named === -1 ? Number(text) : named + 1;
  };
  const found = new Set<number>();
  for (const item of field.split(",")) {
    const [range = "", step] = item.split("/");
    const [from = "", to] = range.split("-");
    const start = range === "*" || range === "?" ? min : value(from);
    const open = range === "*" || range === "?" || (step !== undefined && to === undefined);
    const end = open ? max : value(to ?? from);
    // A range like FRI-MON wraps around the end of the week.
    const length = end >= start ? end - start : end - start + (max - min + 1);
    for (let offset = 0; offset <= length; offset += Number(step ?? 1)) {
      found.add(((start - min + offset) % (max - min + 1)) + min);
    }
  }
  return [...found].sort((a, b) => a - b);
}
