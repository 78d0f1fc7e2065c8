import * as v from "valibot";

/** A whole number in an environment variable. @param unit in plural, for the error */
export const wholeNumber = (unit: string, min = 0, max = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, `expected whole ${unit}`),
    v.transform(Number),
    v.minValue(min, `expected ${unit} from ${min}`),
    v.maxValue(max, `expected ${unit} up to ${max}`),
  );

/** A URL in an environment variable, without slashes at its end. */
export const url = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/[^\s/]+(\/\S*)?$/, "expected a URL that begins with https://"),
  v.transform((text) => text.replace(/\/+$/, "")),
);
