import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** What a process has loaded of the provider's lib/ after it imported this file; its root is lib/index.js. */
function loadedOfProvider(source: string): string[] {
  const program = `
    require(${JSON.stringify(join(root, source))});
    const inLib = /provider-aws[\\\\/]lib[\\\\/]([^\\\\/]+)/;
    const loaded = Object.keys(require.cache).flatMap((path) => inLib.exec(path)?.slice(1) ?? []);
    console.log(JSON.stringify([...new Set(loaded)].sort()));
  `;
  const output = execFileSync(process.execPath, ["--import", "tsx", "--eval", program], {
    cwd: root,
    encoding: "utf8",
  });
  return JSON.parse(output) as string[];
}

// The provider's root alone costs seconds and half a gigabyte.
test("a construct loads the resources that it makes and no others", () => {
  expect(loadedOfProvider("src/queue")).toEqual([
    "cloudwatch-metric-alarm",
    "sqs-queue",
    "sqs-queue-policy",
    "sqs-queue-redrive-allow-policy",
  ]);
});

test("not even the whole layout loads the provider's root", () => {
  const loaded = loadedOfProvider("src/index");
  expect(loaded).toContain("ecs-task-definition");
  expect(loaded).not.toContain("index.js");
});
