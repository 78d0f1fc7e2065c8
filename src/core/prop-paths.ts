import type { Construct, IConstruct } from "constructs";
import { memberName } from "./input-type";
import { inputTypes } from "./input-types";
import { mapUnquoted } from "./unquoted";

/** Where the user wrote the props of a nested construct. */
export interface PropPaths {
  /** Path of all props that `others` does not name, such as `services.auth`; empty if they are props of the outer construct. */
  readonly under: string;
  /** Paths of the others, by their path in the nested construct. */
  readonly others?: Readonly<Record<string, string>>;
}

const pathsIn = new WeakMap<IConstruct, Map<string, PropPaths>>();
const inputsOf = new WeakMap<IConstruct, ReadonlySet<string>>();

/** Remembers where the user wrote the props of the construct `id` in `scope`. Call it before that construct is made. */
export function rememberPaths(scope: Construct, id: string, paths: PropPaths): void {
  const known = pathsIn.get(scope) ?? new Map<string, PropPaths>();
  pathsIn.set(scope, known.set(id, paths));
}

/** Remembers which props a construct has: those of its module. */
export function rememberInputs(scope: Construct, module: keyof typeof inputTypes): void {
  inputsOf.set(scope, new Set(Object.keys(inputTypes[module]).map(memberName)));
}

/** An error message of `scope` with the paths that the user wrote: those of the outermost construct. */
export function asWritten(scope: Construct, message: string): string {
  let translated = message;
  for (let inner: IConstruct = scope; inner.node.scope; inner = inner.node.scope) {
    const paths = pathsIn.get(inner.node.scope)?.get(inner.node.id);
    if (paths) translated = translate(translated, paths, inputsOf.get(inner) ?? new Set());
  }
  return translated;
}

/**
 * The message with the paths of the outer construct. A path at the start of the message becomes the whole path; one in the
 * rest of it, if the user wrote it beside the first, is named without what both have in common.
 */
function translate(message: string, { under, others = {} }: PropPaths, inputs: ReadonlySet<string>): string {
  const inside = under === "" ? "" : `${under}.`;
  const inner = Object.keys(others).sort((a, b) => b.length - a.length);
  const first = inner.find((path) => isPath(message, path));
  const [name = ""] = /^\w*/.exec(message)!;
  const start = first ?? (inputs.has(name) ? name : "");
  const written =
    first !== undefined
      ? others[first]!
      : start !== ""
        ? `${inside}${start}`
        : under === ""
          ? ""
          : `${under}: `;
  const rest = mapUnquoted(message.slice(start.length), (part) => replacePaths(part, inner, others, inside));
  return `${written}${rest}`;
}

function replacePaths(
  text: string,
  inner: readonly string[],
  others: Readonly<Record<string, string>>,
  inside: string,
): string {
  if (inner.length === 0) return text;
  const paths = new RegExp(`(?<![\\w.-])(?:${inner.map(escaped).join("|")})(?![\\w-])`, "g");
  return text.replace(paths, (path) => {
    const written = others[path]!;
    return written.startsWith(inside) ? written.slice(inside.length) : written;
  });
}

const isPath = (message: string, path: string): boolean =>
  message.startsWith(path) && !/^[\w-]/.test(message.slice(path.length));

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
