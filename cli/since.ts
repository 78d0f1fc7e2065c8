import { InvalidArgumentError } from "commander";

const msOf = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a length of time such as `30m`, `24h` or `7d`, in ms. */
export function parseSince(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (number === undefined)
    throw new InvalidArgumentError(
      `expected a number of minutes, hours or days, such as 30m, 24h or 7d, found "${text}".`,
    );
  const ms = Number(number) * msOf[unit as keyof typeof msOf];
  if (ms > Date.now())
    throw new InvalidArgumentError(`"${text}" goes back beyond 1970, where no log begins.`);
  return ms;
}
