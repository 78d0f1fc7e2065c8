const formats = new Map<string, Intl.DateTimeFormat>();
const DAY_MS = 86_400_000;

/** The local time in a time zone at an instant, as the UTC fields of the returned date. */
export function wallClock(instant: Date, timeZone: string): Date {
  const field = Object.fromEntries(
    format(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = field;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, instant.getUTCMilliseconds()));
}

/** The first instant at which `wall` is the local time of a time zone; undefined if it is skipped in spring. */
export function instantOf(wall: Date, timeZone: string): Date | undefined {
  const offsets = [-DAY_MS, DAY_MS].map((shift) => {
    const near = new Date(wall.getTime() + shift);
    return wallClock(near, timeZone).getTime() - near.getTime();
  });
  return offsets
    .map((offset) => new Date(wall.getTime() - offset))
    .sort((a, b) => a.getTime() - b.getTime())
    .find((instant) => wallClock(instant, timeZone).getTime() === wall.getTime());
}

/** Throws a RangeError if the time zone does not exist. */
function format(timeZone: string): Intl.DateTimeFormat {
  let found = formats.get(timeZone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, found);
  }
  return found;
}
