const maxReasonLength = 1_000;

/** PostgreSQL stores every character in a text but U+0000. */
export const storable = (text: string): string => text.replaceAll("\0", "\ufffd");

export const storableOrNull = (text: string | null | undefined): string | null =>
  text === undefined || text === null ? null : storable(text);

/** A reason as it is stored: of limited length. */
export const storableReason = (reason: string): string => storable(reason.slice(0, maxReasonLength));
