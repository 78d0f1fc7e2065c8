import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { readHclFile } from "../../src/app/hcl";
import type { Literal } from "../../src/app/literal";
import { readSettings } from "../../src/app/settings";
import { EventDrivenEcsStack } from "../../src/app/stack";
import { folderWith } from "./folder";

const root = join(__dirname, "../..");

interface Synthesized {
  readonly terraform: { readonly required_providers: { readonly aws: object } };
  readonly provider: { readonly aws: readonly object[] };
  readonly output: Readonly<Record<string, { readonly value: unknown }>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

const synth = (files: Readonly<Record<string, string>>, environment = {}): Synthesized => {
  const settings = readSettings(folderWith(files), environment);
  return JSON.parse(Testing.synth(new EventDrivenEcsStack(Testing.app(), "stack", settings)));
};

test("synthesizes the default layout without settings", () => {
  const { resource, provider, terraform } = synth({}, { AWS_REGION: "eu-west-1" });
  expect(provider.aws).toEqual([{ region: "eu-west-1" }]);
  expect(terraform.required_providers.aws).toEqual({ source: "aws", version: ">= 5.100, < 7.0" });
  expect(Object.values(resource.aws_ecs_task_definition!)).toEqual([
    expect.objectContaining({ family: "event-driven-ecs-hello" }),
  ]);
  expect(Object.values(resource.aws_subnet!).map(({ availability_zone }) => availability_zone)).toEqual(
    expect.arrayContaining(["eu-west-1a", "eu-west-1b"]),
  );
});

test("has the outputs of the module, with their names", () => {
  const { output } = synth({
    "terraform.tfvars": `
      services      = { hello = { image = "hello:1", port = 8080, path = "/*", mount_path = "/mnt/shared" } }
      load_balancer = { protocol = "HTTP", ingress = { office = "203.0.113.0/24" } }
    `,
  });
  const outputs = readFileSync(join(root, "modules/event-driven-ecs/outputs.tf"), "utf8");
  expect(Object.keys(output).sort()).toEqual(
    [...outputs.matchAll(/^output "(\w+)"/gm)].map(([, name]) => name).sort(),
  );
  expect((output.routes!.value as { hello: object }).hello).toMatchObject({
    task_role_arn: expect.any(String),
    on_failure: { action: "alarm", max_attempts: 3, backoff_seconds: 60 },
  });
});

// The command lines of CDKTF and CDK Terrain fail on an output that Terraform does not store.
test("leaves out the outputs that have no value", () => {
  const { output } = synth({});
  expect(Object.entries(output).filter(([, { value }]) => JSON.stringify(value).includes("null"))).toEqual(
    [],
  );
  expect(Object.keys(output)).not.toContain("load_balancer_arn");
  expect(Object.keys(output)).toContain("function_arn");
});

describe("terraform.tfvars.example", () => {
  const example = readFileSync(join(root, "terraform.tfvars.example"), "utf8");
  /** The example with all settings active. They are commented out without a space, unlike explanations. */
  const everything = example.replace(/^( *)#(?! \S|$)/gm, "$1");

  test("has the defaults as active settings", () => {
    const { terraform: _, ...given } = synth({ "terraform.tfvars": example });
    const { terraform: __, ...defaults } = synth({});
    expect(given).toEqual(defaults);
  });

  test("has every setting, and each is accepted", () => {
    expect(() => readSettings(folderWith({ "terraform.tfvars": everything }), {})).not.toThrow();
    expect(new Set(namesIn(everything))).toEqual(new Set(namesOfModule()));
  });

  /** The names of settings and their members, without the user's own keys. */
  function namesIn(text: string): string[] {
    const members = (literal: Literal): string[] =>
      literal.value instanceof Map ? [...(literal.value as ReadonlyMap<string, Literal>).keys()] : [];
    return [...readHclFile(text)].flatMap(([name, literal]) => {
      if (!(literal.value instanceof Map)) return [name];
      if (name === "tags" || name === "names") return [name];
      if (!["services", "events", "schedules", "stop_events"].includes(name))
        return [name, ...members(literal).map((member) => `${name}.${member}`)];
      const entries = [...(literal.value as ReadonlyMap<string, Literal>).values()];
      return [name, ...entries.flatMap((entry) => members(entry).map((member) => `${name}.${member}`))];
    });
  }

  /** The same names, as the module declares them. */
  function namesOfModule(): string[] {
    const variables = readFileSync(join(root, "modules/event-driven-ecs/variables.tf"), "utf8");
    const declared = [...variables.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}/gm)].flatMap(
      ([, name, body]) => [
        name!,
        ...[...body!.matchAll(/^ {4}(\w+) +=/gm)]
          .map(([, member]) => `${name}.${member}`)
          .filter((member) => !/\.(condition|error_message)$/.test(member)),
      ],
    );
    const ofSystems = ["policy-runner", "data-scanner", "bottle-sync"].flatMap((system) => {
      const block = system.replace("-", "_");
      const inputs = readFileSync(join(root, `modules/systems/${system}/variables.tf`), "utf8");
      return [block, ...[...inputs.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => `${block}.${name}`)];
    });
    return ["region", ...declared, ...ofSystems];
  }
});
