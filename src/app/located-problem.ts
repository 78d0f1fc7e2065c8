import { type InputType, memberName, membersIn } from "../core/input-type";
import { inputTypes } from "../core/input-types";
import { mapUnquoted, unquoted } from "../core/unquoted";
import { hclName } from "./hcl-name";
import type { Literal } from "./literal";
import type { Variable } from "./variables";

/** Every name of an input or of a member of one that is written differently in HCL. */
const camelNames = new Set(
  Object.values(inputTypes)
    .flatMap((type) => membersIn(type as InputType))
    .flatMap(([name]) => (/[A-Z]/.test(name) ? [name] : [])),
);

/**
 * The message of a construct about a setting as a message about the file: names as in HCL, and the file and line of the
 * setting. The message starts with the path of the setting, such as `services.auth.mountPath`.
 */
export function locatedProblem(
  message: string,
  variables: ReadonlyMap<string, Variable>,
  { module, under }: Inputs = { module: "event-driven-ecs" },
): string {
  const { path, length } = pathAtStart(message, variables, inputTypes[module]);
  const text = `${path.join(".")}${withHclNames(message.slice(length))}`;
  const [name, ...members] = path;
  const variable = variables.get(name ?? "") ?? firstNamed(text, variables);
  const written = under === undefined ? text : `${under.name}${path.length > 0 ? "." : ": "}${text}`;
  const where = variable?.where(members) ?? under?.variable.where([]);
  return where === undefined ? written : `${where}: ${written}`;
}

/** Whose inputs the variables are: of a module, whose inputs may be the members of one variable. */
interface Inputs {
  readonly module: keyof typeof inputTypes;
  readonly under?: { readonly name: string; readonly variable: Variable };
}

/** The path at the start of a message, with names as in the file, and how many characters of the message it has. */
function pathAtStart(
  message: string,
  variables: ReadonlyMap<string, Variable>,
  inputs: InputType,
): { path: string[]; length: number } {
  const path: string[] = [];
  let length = 0;
  let type = inputs;
  let value: Literal["value"] | undefined = new Map(
    [...variables].map(([variable, { literal }]) => [variable, literal]),
  );
  for (;;) {
    const rest = message.slice(path.length === 0 ? 0 : length + 1);
    if (path.length > 0 && message[length] !== ".") break;
    const step = nextStep(rest, type, value);
    if (step === undefined) break;
    length += step.written.length + (path.length === 0 ? 0 : 1);
    path.push(step.inFile);
    type = step.type;
    value =
      value instanceof Map ? (value as ReadonlyMap<string, Literal>).get(step.inFile)?.value : undefined;
  }
  return { path, length };
}

interface Step {
  /** The name in the message. */
  readonly written: string;
  /** The name in the file. */
  readonly inFile: string;
  readonly type: InputType;
}

/** The member of `type` or `value` whose name `text` starts with. Keys of maps are the user's: they may have any characters. */
function nextStep(text: string, type: InputType, value: Literal["value"] | undefined): Step | undefined {
  if (typeof type === "string" || Array.isArray(type)) return undefined;
  const members = type as { readonly [member: string]: InputType };
  const steps =
    "*" in members
      ? (value instanceof Map ? [...value.keys()] : []).map((key) => ({
          written: key,
          inFile: key,
          type: members["*"]!,
        }))
      : Object.entries(members).map(([marked, of]) => {
          const name = memberName(marked);
          return { written: name, inFile: hclName(name), type: of };
        });
  return steps
    .filter(({ written }) => text.startsWith(written) && !/^[\w-]/.test(text.slice(written.length)))
    .sort((a, b) => b.written.length - a.written.length)[0];
}

/** The first variable that the message names and that is set. */
const firstNamed = (text: string, variables: ReadonlyMap<string, Variable>): Variable | undefined =>
  [...unquoted(text).matchAll(/\w+/g)].map(([word]) => variables.get(word)).find(Boolean);

const withHclNames = (text: string): string =>
  mapUnquoted(text, (part) =>
    part.replace(/\b[a-z]\w*\b/g, (word) => (camelNames.has(word) ? hclName(word) : word)),
  );
