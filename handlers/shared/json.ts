type Frame = { closing: string; parts: Iterator<[prefix: string, value: unknown]> };

function* serializeMembers(value: object): Generator<[string, unknown]> {
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

const openFrame = (value: object, text: string[]): Frame => {
  text.push(Array.isArray(value) ? "[" : "{");
  return { closing: Array.isArray(value) ? "]" : "}", parts: serializeMembers(value) };
};

// JSON.stringify is recursive, and some thousand levels overflow the stack.
const stringifyDeep = (value: object): string => {
  const text: string[] = [];
  const stack = [openFrame(value, text)];
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
    if (isNested(member)) stack.push(openFrame(member, text));
    else text.push(JSON.stringify(member));
  }
  return text.join("");
};

/** Serializes a value that was parsed from JSON, however deeply it is nested. */
export const toJson = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? "null";
  } catch (error) {
    if (error instanceof RangeError && isNested(value)) return stringifyDeep(value);
    throw error;
  }
};

/** Parses JSON. Any other text is returned as it is, and a schema then refuses it. */
export const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Whether objects and arrays are nested deeper than `levels`. */
export const isDeeperThan = (value: unknown, levels: number): boolean => {
  let level: object[] = isNested(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true;
    level = level.flatMap((each) => Object.values(each).filter(isNested));
  }
  return false;
};
