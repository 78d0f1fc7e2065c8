import * as v from "valibot";

/** Schema of a whole number in an environment variable. @param otherwise the value of an absent variable */
export const wholeNumber = (least: number, most: number, otherwise: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.digits("expected a whole number"),
      v.transform(Number),
      v.minValue(least, `expected ${least} or more`),
      v.maxValue(most, `expected at most ${most}`),
    ),
    otherwise,
  );
