/** The message of an error. Not by instanceof: in Jest, errors of Node.js come from another realm. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" ? message : String(error);
}
