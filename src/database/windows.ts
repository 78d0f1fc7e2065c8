import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isToken } from "../core/validation";

const time = "([01][0-9]|2[0-3]):[0-5][0-9]";
const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const weekday = `(${days.join("|")})`;
const backupPattern = `^${time}-${time}$`;
const maintenancePattern = `^${weekday}:${time}-${weekday}:${time}$`;
const DAY = 1440;
const WEEK = 7 * DAY;

/** @throws ValidationError when RDS would refuse one of the windows, or they overlap. */
export function checkWindows(scope: Construct, backup: string, maintenance: string): void {
  const ofBackup = `backupWindow is "${backup}"; it takes at least 30 minutes a day in UTC, such as "03:00-04:00".`;
  const ofMaintenance = `maintenanceWindow is "${maintenance}"; it takes at least 30 minutes a week in UTC, such as "sun:04:30-sun:05:30".`;
  const ofBoth = `maintenanceWindow is "${maintenance}" and backupWindow is "${backup}"; RDS takes windows that do not overlap.`;
  if (isToken(backup))
    checkAtPlan(
      scope,
      [backup],
      expression`can(regex(${backupPattern}, ${backup})) && try(length([for minutes in [${inTerraform(backup)}] : minutes if (minutes[1] - minutes[0] + 1440) % 1440 >= 30]) == 1, false)`,
      ofBackup,
    );
  else
    check(scope, new RegExp(backupPattern).test(backup) && lengthOf(minutesOf(backup), DAY) >= 30, ofBackup);
  if (isToken(maintenance))
    checkAtPlan(
      scope,
      [maintenance],
      expression`can(regex(${maintenancePattern}, ${maintenance})) && try(length([for minutes in [${inTerraform(maintenance)}] : minutes if (minutes[1] - minutes[0] + 10080) % 10080 >= 30]) == 1, false)`,
      ofMaintenance,
    );
  else
    check(
      scope,
      new RegExp(maintenancePattern).test(maintenance) && lengthOf(minutesOf(maintenance), WEEK) >= 30,
      ofMaintenance,
    );
  if ([backup, maintenance].some(isToken))
    checkAtPlan(
      scope,
      [backup, maintenance],
      expression`try(alltrue([for windows in [[${inTerraform(backup)}, ${inTerraform(maintenance)}]] : (windows[0][0] - windows[1][0] % 1440 + 1440) % 1440 >= (windows[1][1] - windows[1][0] + 10080) % 10080 && (windows[1][0] % 1440 - windows[0][0] + 1440) % 1440 >= (windows[0][1] - windows[0][0] + 1440) % 1440]), false)`,
      ofBoth,
    );
  else check(scope, areApart(minutesOf(backup), minutesOf(maintenance)), ofBoth);
}

type Window = readonly [from: number, to: number];

/** Begin and end of a window, as minutes of the day, or of the week if the window has days. */
function minutesOf(window: string): Window {
  const [from, to] = window.split("-").map((end) => {
    const parts = end.split(":");
    const [hours, minutes] = parts.slice(-2).map(Number) as [number, number];
    return Math.max(days.indexOf(parts[0]!), 0) * DAY + hours * 60 + minutes;
  });
  return [from!, to!];
}

/** {@link minutesOf} of a window that only Terraform knows. */
const inTerraform = (window: string) =>
  expression`[for end in split("-", ${window}) : sum([for index, part in reverse(split(":", end)) : index == 2 ? index(${days}, part) * 1440 : tonumber(part) * (index == 1 ? 60 : 1)])]`;

const lengthOf = ([from, to]: Window, cycle: number): number => (to - from + cycle) % cycle;

/** Whether neither window begins while the other one lasts. The backup is daily, so only the time of day counts. */
function areApart(backup: Window, maintenance: Window): boolean {
  const begin = maintenance[0] % DAY;
  return (
    (backup[0] - begin + DAY) % DAY >= lengthOf(maintenance, WEEK) &&
    (begin - backup[0] + DAY) % DAY >= lengthOf(backup, DAY)
  );
}
