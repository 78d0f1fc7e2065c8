import type { Match } from "../finding";
import { keywords, labelOf } from "../keywords";
import type { Window } from "../window";
import { entropy } from "./entropy";

/** Length of a secret access key. */
export const secretKeyLength = 40;

/** Bytes beside a secret key that make it a part of something longer: padding, base64url, a JWT. */
const continues = (byte: number): boolean => byte === 0x3d || byte === 0x2d || byte === 0x5f;

/**
 * Examines 40 characters of base64. Its slashes and plus signs may be escaped (`\/`, `%2F`, `%2B`). Without a keyword they
 * are too often something else.
 */
export const findSecretKey = (window: Window, start: number, end: number): Match | undefined => {
  const { bytes } = window;
  const before = bytes[start - 1]!;
  if (before === 0x2d || before === 0x5f || before === 0x2e || continues(bytes[end]!)) return undefined;
  const text = window.text(start, end);
  const key = text.length === secretKeyLength ? text : unescapeKey(text);
  if (/^[a-f0-9]+$/i.test(key) || !/[a-z]/.test(key) || !/[A-Z]/.test(key) || !/\d/.test(key))
    return undefined;
  if (key.endsWith("EXAMPLEKEY") || entropy(key) < 4.25) return undefined;
  const match = { type: "aws_secret_key", start, end } as const;
  const label = labelOf(window, start);
  if (keywords.secretKey.test(label)) return { ...match, confidence: "high" };
  return keywords.aws.test(label) ? { ...match, confidence: "medium" } : undefined;
};

/** The key without escapes. */
export const unescapeKey = (text: string): string =>
  text.replaceAll("\\/", "/").replace(/%2f/gi, "/").replace(/%2b/gi, "+");
