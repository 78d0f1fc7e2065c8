import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { inputTypes } from "../../src/core/input-types";
import { projectRoot } from "../../testing/terraform";
import { documentedInputs, documentedOutputs } from "./ecs/documented";

type Declarations = Record<string, [{ readonly type?: string; readonly default?: unknown }]>;

async function declarations(file: string, kind: "variable" | "output"): Promise<Declarations> {
  const path = join(projectRoot, "modules", "ecs", file);
  const parsed = (await parse(path, readFileSync(path, "utf8"))) as Record<string, Declarations>;
  return parsed[kind]!;
}

const withoutTemplate = (type: string | undefined): string | undefined => type?.replace(/^\$\{(.*)\}$/, "$1");

/** A variable as the table has it. */
const asInput = (declaration: Declarations[string][0] | undefined) => ({
  type: withoutTemplate(declaration?.type),
  ...(declaration && "default" in declaration && { default: JSON.stringify(declaration.default) }),
});

test("has the documented inputs with type and default, and what is required there is required", async () => {
  const variables = await declarations("variables.tf", "variable");
  expect(Object.keys(documentedInputs)).toHaveLength(29);
  const declared = Object.keys(documentedInputs).map((name) => [name, asInput(variables[name]?.[0])]);
  expect(Object.fromEntries(declared)).toEqual(documentedInputs);
});

test("requires no other input", async () => {
  const variables = await declarations("variables.tf", "variable");
  const required = Object.entries(variables).flatMap(([name, [{ ...members }]]) =>
    "default" in members ? [] : [name],
  );
  const documented = Object.entries(documentedInputs).flatMap(([name, input]) =>
    input.default === undefined ? [name] : [],
  );
  expect(required.sort()).toEqual(documented.sort());
});

test("has the documented outputs", async () => {
  expect(documentedOutputs).toHaveLength(17);
  expect(Object.keys(await declarations("outputs.tf", "output"))).toEqual(
    expect.arrayContaining([...documentedOutputs]),
  );
});

test("the construct requires the same inputs", () => {
  const optional = Object.keys(inputTypes.ecs).flatMap((name) =>
    name.endsWith("?") ? [name.slice(0, -1)] : [],
  );
  const camelCase = (name: string) => name.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  const documented = Object.entries(documentedInputs).flatMap(([name, input]) =>
    input.default === undefined ? [] : [camelCase(name)],
  );
  expect(optional).toEqual(expect.arrayContaining(documented));
  expect(Object.keys(inputTypes.ecs).length - optional.length).toBe(29 - documented.length);
});
