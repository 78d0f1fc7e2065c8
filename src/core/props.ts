import { type InputType, isMap, membersIn } from "./input-type";
import { inputTypes } from "./input-types";

/** Props that are maps: their keys are names that the user chose, so an entry without a value is not an optional prop. */
export const mapProps: ReadonlySet<string> = new Set(
  Object.values(inputTypes)
    .flatMap((type) => membersIn(type as InputType))
    .flatMap(([name, type]) => (isMap(type) ? [name] : [])),
);

/** Props that are JSON, where null is a value. */
const jsonProps: ReadonlySet<string> = new Set(["detail", "input"]);

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;

/**
 * Props without those that are null or undefined, at every depth: both mean "not set", as in HCL. The props in `nullable`
 * stay, since null is a value of theirs.
 */
export function withoutNulls<Props extends object>(
  props: Props,
  nullable: readonly (keyof Props & string)[] = [],
): Props {
  if (!isPlain(props)) return props;
  const given = Object.entries(props).filter(
    ([name, value]) => isGiven(value) || nullable.includes(name as keyof Props & string),
  );
  return Object.fromEntries(given.map(([name, value]) => [name, member(name, value)])) as Props;
}

function member(name: string, value: unknown): unknown {
  if (!isPlain(value) || jsonProps.has(name)) return value;
  if (!mapProps.has(name)) return withoutNulls(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, isPlain(entry) ? withoutNulls(entry) : entry]),
  );
}
