type Frame = { closing: string; parts: Iterator<[prefix: string, value: unknown]> };

function* membersOf(value: object): Generator<[string, unknown]> {
  let separator = "";
  if (Array.isArray(value)) {
    for (const item of value) {
      yield [separator, item ?? null];
      separator = ",";
    }
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    yield [`${separator}${JSON.stringify(key)}:`, member];
    separator = ",";
  }
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;

const open = (value: object, text: string[]): Frame => {
  text.push(Array.isArray(value) ? "[" : "{");
  return { closing: Array.isArray(value) ? "]" : "}", parts: membersOf(value) };
};

// JSON.stringify calls itself for each level, and some thousand levels are more than the stack holds.
const stringifyDeep = (value: object): string => {
  const text: string[] = [];
  const stack = [open(value, text)];
  while (stack.length > 0) {
    const frame = stack.at(-1)!;
    const next = frame.parts.next();
    if (next.done) {
      text.push(frame.closing);
      stack.pop();
      continue;
    }
    const [prefix, member] = next.value;
    text.push(prefix);
    if (isNested(member)) stack.push(open(member, text));
    else text.push(JSON.stringify(member));
  }
  return text.join("");
};

/** JSON of a value that was parsed from JSON, however deeply it is nested. */
export const toJson = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    if (error instanceof RangeError && isNested(value)) return stringifyDeep(value);
    throw error;
  }
};

/** What a text says in JSON; a text that is no JSON stays a text, for a schema to refuse. */
export const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Whether objects and arrays are nested in each other more than `levels` deep. */
export const isDeeperThan = (value: unknown, levels: number): boolean => {
  let level: object[] = isNested(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNested));
  }
  return false;
};
