import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { snakeCase } from "../../testing/snake-case";
import { projectRoot } from "../../testing/terraform";
import { blocks } from "../parity/blocks";

/** The blocks with functions of this project, and the name of their input. */
const runtimes = Object.entries({
  launcher: "runtime",
  registrar: "runtime",
  "event-driven-ecs": "functionRuntime",
  "systems/engine-starter": "functionRuntime",
  "systems/policy-runner": "functionRuntime",
  "systems/data-scanner": "functionRuntime",
  "systems/bottle-sync": "functionRuntime",
});

const allowed = 'the code is built for Node.js 22, so it takes "nodejs22.x" or later, such as "nodejs24.x".';

describe.each(runtimes)("%s", (module, input) => {
  const block = blocks.find((known) => known.module === module)!;
  const create = (runtime: string) => {
    const stack = new TerraformStack(Testing.app(), "test");
    block.constructWith(stack, "block", { ...block.settings.defaults, [input]: runtime });
    return Testing.synth(stack);
  };

  test.each(["nodejs20.x", "nodejs22", "python3.13"])("refuses the runtime %s", (runtime) => {
    expect(() => create(runtime)).toThrow(`${input} is "${runtime}"; ${allowed}`);
  });

  test("gives a later runtime to all its functions", () => {
    const { aws_lambda_function: functions } = JSON.parse(create("nodejs24.x")).resource;
    const found = Object.values<{ runtime: string }>(functions).map(({ runtime }) => runtime);
    expect(new Set(found)).toEqual(new Set(["nodejs24.x"]));
  });

  test("refuses the same in HCL, with the same words", () => {
    const text = readFileSync(join(projectRoot, "modules", module, "variables.tf"), "utf8");
    const [name] = Object.keys(snakeCase({ [input]: "" }) as object);
    const [variable] = new RegExp(`^variable "${name}" \\{[^]*?^\\}`, "m").exec(text)!;
    expect(variable).toContain(`regex("^nodejs(2[2-9]|[3-9][0-9])\\\\.x$", var.${name})`);
    expect(variable.replaceAll('\\"', '"')).toContain(`${name} is "\${var.${name}}"; ${allowed}`);
  });
});
