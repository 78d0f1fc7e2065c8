/**
 * Writes the constraints of AWS's API models for the inputs in `testing/api-constraints/mapping.ts`. The models are those of
 * botocore, which set-up installs with moto. `--check` fails when the table is not what they say.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mapping } from "../testing/api-constraints/mapping";
import { type Constraint, type Table, tablePath } from "../testing/api-constraints/table";

interface Shape {
  readonly type: string;
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly enum?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
}

interface Model {
  readonly metadata: { readonly apiVersion: string };
  readonly operations: Readonly<Record<string, { readonly input: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const venv = join(__dirname, "..", ".local-aws", "venv", "lib");

function modelsFolder(): string {
  const [python] = readdirSync(venv).filter((name) => name.startsWith("python"));
  return join(venv, python!, "site-packages", "botocore", "data");
}

const models = new Map<string, Model>();

/** The newest API model of a service. */
function modelOf(service: string): Model {
  const known = models.get(service);
  if (known) return known;
  const folder = join(modelsFolder(), service);
  const version = readdirSync(folder).sort().at(-1)!;
  const model = JSON.parse(
    gunzipSync(readFileSync(join(folder, version, "service-2.json.gz"))).toString("utf8"),
  ) as Model;
  models.set(service, model);
  return model;
}

/** The shape that one step of a path leads to: a member, an item of a list, or a key or value of a map. */
function shapeAt(shape: Shape, step: string): string | undefined {
  if (step === "[]") return shape.member?.shape;
  if (step === "{key}") return shape.key?.shape;
  if (step === "{}") return shape.value?.shape;
  return shape.members?.[step]?.shape;
}

function constraintOf(member: string): Constraint {
  const [service, path] = member.split(":") as [string, string];
  const [operation, ...steps] = path.match(/\[\]|\{key\}|\{\}|[A-Za-z0-9]+/g)!;
  const { metadata, operations, shapes } = modelOf(service);
  let name = operations[operation!]!.input.shape;
  for (const step of steps) {
    const next = shapeAt(shapes[name]!, step);
    if (next === undefined)
      throw new Error(`${member}: the model of ${service} has no "${step}" in ${name}.`);
    name = next;
  }
  const { type, pattern, min, max, enum: values } = shapes[name]!;
  const { apiVersion } = metadata;
  return { member, apiVersion, shape: name, type, pattern, min, max, enum: values };
}

const sorted = <Value>(record: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** The table, as the installed models give it. */
export function constraintTable(): Table {
  return Object.fromEntries(
    sorted(mapping).map(([block, inputs]) => [
      block,
      Object.fromEntries(sorted(inputs).map(([input, { members }]) => [input, members.map(constraintOf)])),
    ]),
  );
}

/** The text of the committed file: one constraint a line. */
export function constraintText(): string {
  const blocks = Object.entries(constraintTable()).map(([block, inputs]) => {
    const lines = Object.entries(inputs).map(
      ([input, constraints]) =>
        `    ${JSON.stringify(input)}: [${constraints.map((constraint) => `\n      ${JSON.stringify(constraint)}`).join(",")}${constraints.length > 0 ? "\n    " : ""}]`,
    );
    return `  ${JSON.stringify(block)}: {\n${lines.join(",\n")}\n  }`;
  });
  return `{\n${blocks.join(",\n")}\n}\n`;
}

if (require.main === module) {
  writeFileSync(tablePath, constraintText());
}
