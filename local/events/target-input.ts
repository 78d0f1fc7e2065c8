import type { Event } from "./event";
import type { Rule, Target } from "./rules";

/** The input that a target receives for an event. */
export function targetInput(
  { Input, InputPath, InputTransformer }: Target,
  event: Event,
  rule: Rule,
): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(valueAt(event, InputPath)) ?? "null";
  if (InputTransformer) return transformed(InputTransformer, event, rule);
  return JSON.stringify(event);
}

/**
 * A placeholder inside quotes becomes text, one outside becomes JSON
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html).
 */
function transformed(
  { InputPathsMap = {}, InputTemplate }: NonNullable<Target["InputTransformer"]>,
  event: Event,
  rule: Rule,
): string {
  const values: Record<string, unknown> = {
    "aws.events.rule-arn": rule.Arn,
    "aws.events.rule-name": rule.Name,
    "aws.events.event.ingestion-time": event.time,
    "aws.events.event": event,
    "aws.events.event.json": event,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = valueAt(event, path);
  let quoted = false;
  return InputTemplate.replace(/\\.|"|<([\w.-]+)>/g, (match, name: string | undefined) => {
    if (match === '"') quoted = !quoted;
    if (name === undefined || !(name in values)) return match;
    const value = values[name];
    if (!quoted) return value === undefined ? '""' : JSON.stringify(value);
    const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

/** Evaluates the subset of JSONPath that EventBridge supports: `$.a.b[0]`, `$['a']`. */
function valueAt(event: unknown, path: string): unknown {
  let value: unknown = event;
  for (const [, dotted, index, bracketed] of path.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[dotted ?? index ?? bracketed ?? ""];
  }
  return value;
}
