import { hclName } from "../src/app/hcl-name";

const camel = /^[a-z][a-z0-9]*([A-Z][a-z0-9]*)+$/;

/**
 * Converts the names of inputs to those of HCL. Keys of maps that a user chooses (services, zones, environment variables,
 * tags) do not change, as long as a test gives none of them in camelCase.
 */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [camel.test(key) ? hclName(key) : key, snakeCase(member)]),
  );
}
