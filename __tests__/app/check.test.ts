import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { checkFolder } from "../../cli/check/check-folder";
import { type Expression, readBlocks } from "../../cli/check/read-hcl";
import { moduleNames } from "../../scripts/module-names";
import { commandLineProgram } from "../../testing/command-line";
import { projectRoot } from "../../testing/terraform";
import { folderWith } from "./folder";

/** The problems of a root that calls the unified layout with these arguments. Line 3 is the first of them. */
function problemsOf(args: string, more = ""): string[] {
  const folder = folderWith({});
  const source = relative(folder, join(projectRoot, "modules/event-driven-ecs"));
  writeFileSync(join(folder, "main.tf"), `module "engines" {\n  source = "${source}"\n${args}\n}\n${more}`);
  const { checked, problems } = checkFolder(folder);
  expect(checked).toBe(1);
  return problems.map((problem) => problem.replace(`${folder}/`, ""));
}

test.each([
  [
    "an attribute of a service",
    'services = { auth = { image = "a:1", memroy = 1024 } }',
    'main.tf:3: module "engines": services.auth.memroy is not known; did you mean "memory"?',
  ],
  [
    "an attribute further in, on its line",
    'services = {\n  "auth" = {\n    image = "a:1"\n    health_check = { pathh = "/" }\n  }\n}',
    'main.tf:6: module "engines": services.auth.health_check.pathh is not known; did you mean "path"?',
  ],
  [
    "an attribute after values that look like brackets and comments",
    'services = { auth = { image = "a}:${join("}", ["{"])}#", /* } */ command = [\n"x", # ]\n<<-EOT\n } {\n EOT\n, "y"], mountpath = "/x" } }',
    'main.tf:8: module "engines": services.auth.mountpath is not known; did you mean "mount_path"?',
  ],
  [
    "an attribute under a computed key",
    'services = { (join("-", ["a", var.name])) = { image = "a:1", memroy = 1 } }',
    'services.${(join("-",["a",var.name]))}.memroy is not known',
  ],
  [
    "an attribute of an object that is no map",
    "load_balancer = { protocoll = var.protocol }",
    'main.tf:3: module "engines": load_balancer.protocoll is not known; did you mean "protocol"?',
  ],
])("finds %s", (_, args, expected) => {
  expect(problemsOf(args)).toEqual([expect.stringContaining(expected)]);
});

test("finds an attribute in a local value, where it is written", () => {
  const locals = 'locals {\n  stops = { stop = { detial = "{}" } }\n}\n';
  expect(problemsOf("stop_events = local.stops", locals)).toEqual([
    expect.stringContaining('main.tf:6: module "engines": stop_events.stop.detial is not known'),
  ]);
});

test.each([
  ["keys of maps", 'services = { any_name = { image = "a:1", environment = { ANY_NAME = "1" } } }'],
  ["what a function returns", "services = merge(local.a, { auth = { memroy = 1 } })"],
  ["what a for expression makes", "services = { for name in var.names : name => { memroy = 1 } }"],
  ["a part of a literal", 'services = { a = { auth = { image = "a:1" } } }.a'],
  ["computed keys", 'services = { (var.name) = { image = "a:1" } }'],
])("accepts %s", (_, args) => {
  expect(problemsOf(args)).toEqual([]);
});

const moved = (from: string, to: string) => `moved {\n  from = ${from}\n  to   = ${to}\n}\n`;
const definition = "aws_ecs_task_definition";

test.each([`${definition}.worker`, `module.old["a"].${definition}.this[0]`])(
  "finds a moved block that moves the task definition %s of another layout",
  (from) => {
    const block = moved(from, `module.engines.module.task["auth"].${definition}.this`);
    expect(problemsOf('name = "engines"', block)).toEqual([
      `main.tf:5: moved has from = ${from}, a task definition; a move can end in "Error: Cycle", and a new revision is made all the same. Write a removed block from ${from.replaceAll(/\[.*?\]/g, "")} with destroy = false instead.`,
    ]);
  },
);

test.each([
  [`module.old.${definition}.this`, `module.engines.module.task["auth"].${definition}.this`],
  [`${definition}.old`, `${definition}.new`],
  ["aws_iam_role.worker", 'module.engines.module.task["auth"].aws_iam_role.task["this"]'],
  ["module.old", "module.engines"],
])("accepts a moved block from %s to %s", (from, to) => {
  expect(problemsOf('name = "engines"', moved(from, to))).toEqual([]);
});

test("reads modules that terraform init has installed, and names those that it has not", () => {
  const folder = folderWith({
    "main.tf":
      'module "engines" {\n  source = "acme/engines/aws"\n  services = { a = { memroy = 1 } }\n}\nmodule "other" {\n  source = "acme/other/aws"\n}\n',
  });
  mkdirSync(join(folder, ".terraform/modules"), { recursive: true });
  const Modules = [{ Key: "engines", Dir: relative(folder, join(projectRoot, "modules/event-driven-ecs")) }];
  writeFileSync(join(folder, ".terraform/modules/modules.json"), JSON.stringify({ Modules }));
  expect(checkFolder(folder)).toEqual({
    checked: 1,
    problems: [
      expect.stringContaining("services.a.memroy is not known"),
      `${folder}/main.tf:5: module "other" cannot be checked: acme/other/aws is not installed; run "terraform init" first`,
    ],
  });
});

test("refuses a folder without Terraform files", () => {
  const folder = folderWith({});
  expect(() => checkFolder(folder)).toThrow(`${folder}: expected a folder with *.tf files, found none`);
});

test.each([
  ['module "engines" {\n  source = "./m"\n', "line 1: the block that begins here is never closed"],
  ['module "engines"\n{\n}\n', 'line 1: expected a block, such as module "name" {, found module'],
  ["\nservices = {}\n", 'line 2: expected a block, such as module "name" {, found services'],
  ["}\n", 'line 1: expected a block, such as module "name" {, found }'],
])("refuses a file that is no HCL: %j", (text, problem) => {
  const folder = folderWith({ "main.tf": text });
  expect(() => checkFolder(folder)).toThrow(`${join(folder, "main.tf")}: ${problem}`);
});

test("the command exits with 1 when it finds a problem, and with 0 when not", () => {
  const run = (folder: string) =>
    spawnSync(process.execPath, [commandLineProgram(), "check", folder], {
      cwd: projectRoot,
      encoding: "utf8",
    });
  const wrong = folderWith({ "main.tf": 'module "x" {\n  source = "acme/x/aws"\n}\n' });
  expect(run(wrong)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining("0 module calls checked: 1 problem."),
  });
  expect(run("examples/event-driven-ecs")).toMatchObject({
    status: 0,
    stdout: "1 module call checked: no problems.\n",
  });
});

const foldersOf = (parent: string, names: readonly string[]) =>
  names.map((name) => join(projectRoot, parent, name));
const ours = [
  ...foldersOf("modules", moduleNames()),
  ...foldersOf("examples", readdirSync(join(projectRoot, "examples"))),
];

test.each(ours)("finds no unknown attribute in %s", (folder) => {
  expect(checkFolder(folder).problems).toEqual([]);
});

/** Names at every depth, as HashiCorp's own parser has them. */
function namesIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(namesIn);
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, namesIn(member)]));
}

const namesOf = ({ members, items }: Expression): unknown =>
  members
    ? Object.fromEntries([...members].map(([name, member]) => [name, namesOf(member)]))
    : (items?.map(namesOf) ?? null);

test.each(ours)("reads the same names as HashiCorp's parser in %s", async (folder) => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".tf"));
  const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  const parsed = (await parse(folder, text)) as Record<string, Record<string, [object]>>;
  const locals = (parsed.locals as unknown as object[] | undefined) ?? [];
  const theirs = [
    ...Object.entries(parsed.module ?? {}).map(([label, [body]]) => [label, namesIn(body)]),
    ...locals.map((body) => ["locals", namesIn(body)]),
  ];
  const read = readBlocks(text).filter(({ type }) => type === "module" || type === "locals");
  const mine = read.map(({ labels, attributes }) => [
    labels[0] ?? "locals",
    Object.fromEntries([...attributes].map(([key, value]) => [key, namesOf(value)])),
  ]);
  const sorted = (all: unknown[][]) => all.map((each) => JSON.stringify(sortKeys(each))).sort();
  expect(sorted(mine)).toEqual(sorted(theirs));
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sortKeys(member)]),
  );
}
