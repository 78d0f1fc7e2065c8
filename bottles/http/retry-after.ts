/** A server that asks for more is asked again after an hour. */
const maxMs = 3_600_000;

/** The header Retry-After in ms: seconds, or a date. Undefined: absent or malformed. */
export const parseRetryAfter = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxMs);
};
