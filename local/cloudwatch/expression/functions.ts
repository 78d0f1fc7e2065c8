/** A value in each period; undefined where there is none. */
export type Series = (number | undefined)[];
export type Value = number | Series | Series[] | "REPEAT";

export const isSeries = (value: Value): value is Series =>
  Array.isArray(value) && !value.some((item) => Array.isArray(item));

/** Applies a function to each period. A scalar is the same in every period, and a missing value makes the result missing. */
export function eachPeriod(
  values: Value[],
  apply: (numbers: number[]) => number | undefined,
): number | Series {
  const series = values.filter(isSeries);
  const at = (index: number): number | undefined => {
    const numbers = values.map((value) => (isSeries(value) ? value[index] : (value as number)));
    return numbers.every((number) => number !== undefined) ? apply(numbers as number[]) : undefined;
  };
  const length = series[0]?.length;
  return length === undefined ? (at(0) ?? 0) : Array.from({ length }, (_, index) => at(index));
}

interface MathFunction {
  args: [min: number, max: number];
  apply(args: Value[]): Value;
}

const present = (numbers: Series): number[] => numbers.filter((number) => number !== undefined);

/**
 * MAX, SUM, …: of the values of one metric, or in each period of an array of metrics. A period in which one of the metrics is
 * missing has no value.
 */
function reducer(reduce: (numbers: number[]) => number): MathFunction {
  const over = (numbers: number[]) => (numbers.length > 0 ? reduce(numbers) : undefined);
  return {
    args: [1, 1],
    apply: ([of = []]) => {
      if (typeof of === "number" || of === "REPEAT") return of;
      if (isSeries(of)) {
        const reduced = over(present(of));
        return of.map(() => reduced);
      }
      return eachPeriod(of as Series[], over);
    },
  };
}

const single = (apply: (number: number) => number): MathFunction => ({
  args: [1, 1],
  apply: (args) => eachPeriod(args, ([number = 0]) => apply(number)),
});

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** The functions of metric math that local AWS knows. */
export const FUNCTIONS: Record<string, MathFunction> = {
  ABS: single(Math.abs),
  CEIL: single(Math.ceil),
  FLOOR: single(Math.floor),
  AVG: reducer((numbers) => sum(numbers) / numbers.length),
  MAX: reducer((numbers) => Math.max(...numbers)),
  MIN: reducer((numbers) => Math.min(...numbers)),
  SUM: reducer(sum),
  FILL: { args: [2, 2], apply: ([of = [], filler = 0]) => filled(of, filler) },
  IF: { args: [2, 3], apply: ([condition = 0, yes = 0, no]) => chosen(condition, yes, no) },
};

function filled(of: Value, filler: Value): Value {
  if (!isSeries(of)) return of;
  let last: number | undefined;
  return of.map((value, index) => {
    last = value ?? last;
    if (value !== undefined) return value;
    if (filler === "REPEAT") return last;
    return isSeries(filler) ? filler[index] : (filler as number);
  });
}

/** Without a third argument, a period in which the condition is false has no value. */
function chosen(condition: Value, yes: Value, no: Value | undefined): Value {
  const at = (value: Value | undefined, index: number) =>
    value !== undefined && isSeries(value) ? value[index] : (value as number | undefined);
  const length = [condition, yes, no ?? 0].filter(isSeries)[0]?.length ?? 1;
  const values = Array.from({ length }, (_, index) => {
    const holds = at(condition, index);
    if (holds === undefined) return undefined;
    return holds !== 0 ? at(yes, index) : at(no, index);
  });
  return values;
}
