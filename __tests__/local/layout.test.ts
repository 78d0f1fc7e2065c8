import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleWorker } from "../../scripts/bundle/worker";
import { apply, constructRoot, fragileImage, hclRoot, image } from "../../testing/layout";
import { startTestAws } from "../../testing/local-aws";
import { emptyRoot, plan, terraform } from "../../testing/terraform";
import { commandLine } from "./layout/command-line";
import { deletedResources } from "./layout/deleted-resources";
import { failedStarts } from "./layout/failed-starts";
import { Form } from "./layout/form";
import { launches } from "./layout/launches";
import { leftovers } from "./layout/leftovers";
import { outcomes } from "./layout/outcomes";
import { registration } from "./layout/registration";
import { roles } from "./layout/roles";
import { stopping } from "./layout/stopping";

jest.setTimeout(360_000);

/**
 * Applies the unified layout with the real provider from both forms, each in its own account, then sends events and
 * requests. Each part uses the layout as the part before has left it.
 */
const roots = { module: hclRoot, construct: constructRoot };
type FormName = keyof typeof roots;
const forms = {} as Record<FormName, Form>;

// Prints the event that started it, and crashes on request.
const fragile = `
require("http").createServer((incoming, outgoing) => {
  if (incoming.url.endsWith("/crash")) process.exit(1);
  outgoing.end(JSON.parse(process.env.EVENT_PAYLOAD).id);
}).listen(Number(process.env.PORT));
`;

beforeAll(async () => {
  const worker = `${emptyRoot("layout-worker")}/worker.js`;
  await bundleWorker("worker/main.ts", worker);
  const images = {
    [image]: `"${process.execPath}" "${worker}"`,
    [fragileImage]: `"${process.execPath}" -e '${fragile}'`,
  };
  // The provider mostly waits, so both forms are applied in parallel.
  await Promise.all(
    (Object.keys(roots) as FormName[]).map(async (name) => {
      const localAws = await startTestAws({ images });
      const folder = roots[name]();
      forms[name] = new Form(folder, localAws, await apply(folder, localAws));
    }),
  );
}, 1_800_000);

afterAll(() => Promise.all(Object.values(forms).map(({ localAws }) => localAws.stop())));

describe.each(Object.keys(roots) as FormName[])("applied from the %s", (name) => {
  const form = () => forms[name];
  const run = (...args: string[]) =>
    terraform(form().folder, [...args, "-input=false", "-no-color"], form().localAws.environment);

  describe("launches", () => launches(form));
  describe("failed starts", () => failedStarts(form));
  describe("outcomes", () => outcomes(form));
  describe("registration", () => registration(form));
  describe("stopping", () => stopping(form));
  describe("the command line", () => commandLine(form));
  roles(form);

  test("changes the task definitions with a new image, and no permission", async () => {
    const [file] = readdirSync(form().folder).filter((file) => file.endsWith(".tf.json"));
    const path = join(form().folder, file!);
    const before = readFileSync(path, "utf8");
    writeFileSync(path, before.replaceAll(image, `${image}.1`));
    const changes = (await plan(form().folder, form().localAws.environment)).filter(
      ({ change }) => change.actions.join() !== "no-op",
    );
    writeFileSync(path, before);
    expect(changes.map(({ type, change }) => [type, change.actions.join()])).toEqual(
      Array.from({ length: 4 }, () => ["aws_ecs_task_definition", "create,delete"]),
    );
  });

  test("plans no changes a second time", () => run("plan", "-detailed-exitcode"));

  describe("deleted resources", () => deletedResources(form));

  test("destroys everything, in the state and in the account", async () => {
    await run("destroy", "-auto-approve");
    expect((await terraform(form().folder, ["state", "list"])).trim()).toBe("");
    const left = Object.entries(await leftovers(form())).filter(([, list]) => list.length > 0);
    expect(Object.fromEntries(left)).toEqual({});
  }, 900_000);
});
