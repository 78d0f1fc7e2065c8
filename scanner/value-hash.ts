import { createHmac } from "node:crypto";
import { unescapeKey } from "./detectors/aws-secret-key";
import type { FindingType } from "./finding";

/** One text for all ways to write a value: digits only, an address in lower case, a key without escapes. */
const normalize = (type: FindingType, value: string): string => {
  switch (type) {
    case "ssn":
    case "credit_card":
      return value.replace(/\D+/g, "");
    case "phone_us":
      return value.replace(/\D+/g, "").slice(-10);
    case "phone_intl":
      return value.replace(/\D+/g, "");
    case "email":
      return value.toLowerCase();
    case "aws_secret_key":
      return unescapeKey(value);
    case "aws_access_key":
      return value;
  }
};

/**
 * Hash by which equal values are recognized. All Social Security numbers are hashed in minutes, so a hash without a key would
 * tell the value.
 */
export const hashValue = (key: Uint8Array, type: FindingType, value: string): string =>
  createHmac("sha256", key).update(normalize(type, value)).digest("hex");
