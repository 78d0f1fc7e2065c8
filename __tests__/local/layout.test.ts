import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleWorker } from "../../scripts/bundle/worker";
import { apply, constructRoot, fragileImage, hclRoot, image } from "../../testing/layout";
import { startTestAws } from "../../testing/local-aws";
import { emptyRoot, plan, terraform } from "../../testing/terraform";
import { commandLine } from "./layout/command-line";
import { failedStarts } from "./layout/failed-starts";
import { Form } from "./layout/form";
import { launches } from "./layout/launches";
import { leftovers } from "./layout/leftovers";
import { outcomes } from "./layout/outcomes";
import { registration } from "./layout/registration";
import { roles } from "./layout/roles";
import { stopping } from "./layout/stopping";
import { vanished } from "./layout/vanished";

jest.setTimeout(360_000);

/**
 * The unified layout, applied by the real provider from either form into an emulated account of its own; then events
 * in, tasks out, and requests to those that serve. Each part goes on where the one before it has left the layout.
 */
const roots = { module: hclRoot, construct: constructRoot };
type FormName = keyof typeof roots;
const forms = {} as Record<FormName, Form>;

// Says which event it was started for, and may be made to crash.
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
  // The provider mostly waits, so the two are applied side by side.
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

  test("a new image changes the task definitions that have it, and no right", async () => {
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

  test("a second plan has nothing to change", () => run("plan", "-detailed-exitcode"));

  describe("vanished", () => vanished(form));

  test("destroy leaves nothing, in the state or in the account", async () => {
    await run("destroy", "-auto-approve");
    expect((await terraform(form().folder, ["state", "list"])).trim()).toBe("");
    const left = Object.entries(await leftovers(form())).filter(([, list]) => list.length > 0);
    expect(Object.fromEntries(left)).toEqual({});
  }, 900_000);
});
