import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleWorker } from "../../../scripts/bundle/worker";
import { apply, fragileImage, image } from "../../../testing/layout";
import { startTestAws, withSharedProvider } from "../../../testing/local-aws";
import { emptyRoot, plan, terraform } from "../../../testing/terraform";
import { commandLine } from "./command-line";
import { deletedResources } from "./deleted-resources";
import { failedStarts } from "./failed-starts";
import { Form } from "./form";
import { launches } from "./launches";
import { leftovers } from "./leftovers";
import { outcomes } from "./outcomes";
import { registration } from "./registration";
import { roles } from "./roles";
import { stopping } from "./stopping";

// Prints the event that started it, and crashes on request.
const fragile = `
require("http").createServer((incoming, outgoing) => {
  if (incoming.url.endsWith("/crash")) process.exit(1);
  outgoing.end(JSON.parse(process.env.EVENT_PAYLOAD).id);
}).listen(Number(process.env.PORT));
`;

/**
 * Applies the unified layout with the real provider, then sends events and requests. Each part uses the layout as the part
 * before has left it.
 * @param name of the form from which the layout is applied
 * @param root creates the Terraform root and returns its folder
 */
export function testLayout(name: string, root: () => string): void {
  jest.setTimeout(360_000);
  let applied: Form;
  const form = () => applied;

  beforeAll(async () => {
    const worker = `${emptyRoot(`layout-worker-${name}`)}/worker.js`;
    await bundleWorker("worker/main.ts", worker);
    const images = {
      [image]: `"${process.execPath}" "${worker}"`,
      [fragileImage]: `"${process.execPath}" -e '${fragile}'`,
    };
    const folder = root();
    const localAws = await withSharedProvider(await startTestAws({ images }), folder);
    applied = new Form(folder, localAws, await apply(folder, localAws));
  }, 1_800_000);

  afterAll(() => applied?.localAws.stop());

  describe(`applied from the ${name}`, () => {
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
}
