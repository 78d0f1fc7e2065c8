import { type IResolveOptions, resolve as resolveTokens } from "cdktf/lib/tokens/private/resolve";

// The markers of cdktf's tokens in text: of strings, lists and maps; of numbers; of maps that are not searched.
const tokenMarkers = /\{TfToken\[|[-|\d.+]e[-|\d.eE+]|^(String|Any) Map Token Value$/;

const isPlainScalar = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  typeof value === "boolean" ||
  (typeof value === "string" && !tokenMarkers.test(value)) ||
  // Number tokens are negative.
  (typeof value === "number" && value >= 0);

// A list token is a list whose only item has the marker.
const isListToken = (item: unknown): boolean =>
  (typeof item === "string" && item.includes("#{TfToken[")) || (typeof item === "number" && item < 0);

const isPlainList = (value: unknown): value is unknown[] => Array.isArray(value) && !value.some(isListToken);

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  typeof (value as { resolve?: unknown }).resolve !== "function" &&
  !Object.keys(value).some((key) => tokenMarkers.test(key));

/**
 * cdktf's `resolve`, with the same result for every value. cdktf creates several objects for each value. Plain values,
 * which most are, need none.
 */
export function resolve(value: unknown, options: IResolveOptions): unknown {
  const path = [...(options.prefix ?? [])];

  const within = (key: string, inner: unknown): unknown => {
    path.push(key);
    const resolved = walk(inner);
    path.pop();
    return resolved;
  };

  const walk = (inner: unknown): unknown => {
    if (isPlainScalar(inner)) return inner;
    // cdktf throws at this depth and reports a cycle.
    if (path.length < 200) {
      if (isPlainList(inner)) {
        return inner.map((item, index) => within(`${index}`, item)).filter((item) => item !== undefined);
      }
      if (isPlainObject(inner)) {
        const resolved: Record<string, unknown> = {};
        for (const key of Object.keys(inner)) {
          const member = within(key, inner[key]);
          if (member !== undefined) resolved[key] = member;
        }
        return resolved;
      }
    }
    return resolveTokens(inner, { ...options, prefix: [...path] });
  };

  return walk(value);
}
