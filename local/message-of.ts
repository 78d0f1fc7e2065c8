/** What an error says. Not by instanceof: an error of Node.js itself may come from another realm, as in Jest. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : String(error);
}
