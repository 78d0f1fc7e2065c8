import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** The folders of the provider's lib/ that a process has loaded after it imported `source`; the root is lib/index.js. */
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

// The root of the provider alone takes seconds and half a gigabyte of memory.
test("a construct loads only the resources that it creates", () => {
  expect(loadedOfProvider("src/queue")).toEqual([
    "cloudwatch-metric-alarm",
    "sqs-queue",
    "sqs-queue-policy",
    "sqs-queue-redrive-allow-policy",
  ]);
});

test("the whole package does not load the root of the provider", () => {
  const loaded = loadedOfProvider("src/index");
  expect(loaded).toContain("ecs-task-definition");
  expect(loaded).not.toContain("index.js");
});
