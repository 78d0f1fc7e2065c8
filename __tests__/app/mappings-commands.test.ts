import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "commander";
import { explainMappingCommand } from "../../cli/explain-mapping";
import { lintMappingsCommand } from "../../cli/lint-mappings";
import { projectRoot } from "../../testing/terraform";
import { folderWith } from "./folder";

/** Runs the command line as a program, which takes seconds to start. */
const spawn = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", join(projectRoot, "cli/main.ts"), ...args], {
    encoding: "utf8",
    cwd: projectRoot,
  });

/** Runs a command in this process. */
const run = (command: Command, ...args: string[]): { status: number; stdout: string } => {
  let stdout = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const before = process.exitCode;
  process.exitCode = 0;
  command.parse(args, { from: "user" });
  const status = Number(process.exitCode);
  process.exitCode = before;
  write.mockRestore();
  return { status, stdout };
};
const lint = (...args: string[]) => run(lintMappingsCommand, ...args);
const explain = (...args: string[]) => run(explainMappingCommand, ...args);

const mappings = (key: string): string =>
  JSON.stringify({
    version: "2.0",
    mappings: [
      { id: "macie", match: { source: ["aws.macie"] }, policy: { key } },
      {
        id: "s3",
        match: { event_name: ["CreateBucket"], resource_type: ["S3"] },
        policy: { key },
        enabled: true,
      },
      { id: "later", match: { resource_type: ["S3"] }, policy: { key } },
    ],
  });
const policies = "policies:\n- {name: s3, resource: s3}";
const manualTest = join(projectRoot, "testing/findings/cloudtrail-manual-test.json");

test("lint-mappings exits with 1 on errors, with 0 on warnings", () => {
  const folder = folderWith({
    "mappings.json": mappings("policies/s3.yml"),
    "policies/s3.yml": policies,
    "old.json": '{"version":"1.0","mappings":[]}',
  });
  const file = join(folder, "mappings.json");
  // The folder stands for the bucket, or for the folder of its name in it.
  for (const policyFolder of [folder, join(folder, "policies")])
    expect(lint(file, "--policies", policyFolder)).toEqual({
      status: 0,
      stdout: `${file}: 0 errors, 0 warnings.\n`,
    });
  const warned = lint(join(folder, "old.json"), "--json");
  expect(warned.status).toBe(0);
  expect(JSON.parse(warned.stdout)).toMatchObject({
    errors: 0,
    warnings: 1,
    messages: [{ level: "warning", line: 1 }],
  });
  const missing = lint(file, "--policies", join(projectRoot, "testing/findings"));
  expect(missing.status).toBe(1);
  expect(missing.stdout).toContain(`${file}:1: error: policy file "policies/s3.yml" is missing.`);
  expect(missing.stdout).toContain("1 error, 0 warnings.");
});

test.each([
  ["a file that is not there", ["lint-mappings", "no.json"], "no.json: there is no such file or folder."],
  [
    "a folder that is not there",
    ["lint-mappings", "package.json", "--policies", "no"],
    '--policies is "no"; it takes a folder.',
  ],
  [
    "no event",
    ["explain-mapping", "--mappings", "package.json"],
    "required option '--event <file>' not specified",
  ],
  [
    "no mapping file",
    ["explain-mapping", "--event", manualTest, "--mappings", "package.json"],
    'version: expected "2.0" or "1.0"',
  ],
])("exits with 2 and one sentence for %s", (_what, args, message) => {
  const { status, stderr } = spawn(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
});

test("explain-mapping says which entry takes a finding, and why the others do not", () => {
  const file = join(folderWith({ "mappings.json": mappings("policies/s3.yml") }), "mappings.json");
  expect(explain("--event", manualTest, "--mappings", file)).toEqual({
    status: 0,
    stdout: [
      "Finding event, no severity: AWS::S3::Bucket test-security-bucket-123 in 123456789012, us-east-1",
      '  macie: source: "aws.s3" matches none of "aws.macie"',
      "  s3: takes it",
      "  later: not tried: s3 has taken the finding",
      "",
    ].join("\n"),
  });
});

test("explain-mapping names each finding, each resource and what is ignored", () => {
  const file = join(folderWith({ "mappings.json": mappings("policies/s3.yml") }), "mappings.json");
  const explainFixture = (fixture: string) =>
    JSON.parse(
      explain("--event", join(projectRoot, `testing/findings/${fixture}.json`), "--mappings", file, "--json")
        .stdout,
    );
  const { explanations } = explainFixture("security-hub-two-findings");
  expect(
    explanations.map(
      ({ resource, entries }: { resource: { id: string }; entries: { entry: string; taken: boolean }[] }) => [
        resource.id,
        entries.filter(({ taken }) => taken).map(({ entry }) => entry),
      ],
    ),
  ).toEqual([
    ["customer-exports", ["later"]],
    ["customer-imports", ["later"]],
    ["sg-0a1b2c3d4e5f60718", []],
    ["sg-0f1e2d3c4b5a69788", []],
  ]);
  expect(explainFixture("config-compliant")).toMatchObject({
    explanations: [],
    ignored: [{ reason: "passed" }],
  });
});
