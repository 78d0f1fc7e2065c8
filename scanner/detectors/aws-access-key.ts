import type { Match } from "../finding";
import type { Window } from "../window";
import { entropy } from "./entropy";

/** Length of an access key id. */
export const accessKeyLength = 20;

const form = /^(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}$/;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * The account in a key id: bits 1 to 40 of the base32 after the prefix.
 * @returns undefined if the id is of the old form, which has no account, or has no possible account
 */
const accountOf = (id: string): { accountId?: string; isPossible: boolean } => {
  if (/^[IJ]/.test(id.slice(4))) return { isPossible: true };
  let bits = 0;
  for (let index = 4; index < 14; index++) bits = bits * 32 + base32.indexOf(id[index]!);
  // 50 bits, which a number holds exactly: one, 40 of the account, nine others.
  const account = Math.floor(bits / 2 ** 9) % 2 ** 40;
  if (account === 0 || account > 999_999_999_999) return { isPossible: false };
  return { accountId: String(account).padStart(12, "0"), isPossible: true };
};

/** Examines a word of 20 letters and digits that begins with A. */
export const findAccessKey = (window: Window, start: number): Match | undefined => {
  const end = start + accessKeyLength;
  const id = window.text(start, end);
  if (!form.test(id) || id.endsWith("EXAMPLE") || entropy(id) < 3) return undefined;
  const { accountId, isPossible } = accountOf(id);
  return {
    type: "aws_access_key",
    confidence: isPossible ? "high" : "medium",
    start,
    end,
    ...(accountId !== undefined && { accountId }),
  };
};
