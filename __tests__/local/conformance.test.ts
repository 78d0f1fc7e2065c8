import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { Account, type Resources } from "../../conformance/account";
import { type CheckedAnywhere, isCheckedAnywhere } from "../../conformance/belief";
import { beliefs } from "../../conformance/beliefs";
import { remove } from "../../conformance/conform";
import { onLocalAws, startAws } from "../../conformance/local";
import { filesOf, table } from "../../conformance/report";
import { RunResources } from "../../conformance/resources";
import { runChecks } from "../../conformance/run-checks";
import type { WrongAnswers } from "../../conformance/wrong-answers";
import type { LocalAws } from "../../local";
import { withSharedProvider } from "../../testing/local-aws";
import { projectRoot } from "../../testing/terraform";

jest.setTimeout(360_000);

const checked = beliefs.filter(isCheckedAnywhere);

let aws: LocalAws;
let run: RunResources;
let outputs: Resources;
const lines: string[] = [];

const accountWith = (wrong?: WrongAnswers) => new Account({ ...onLocalAws(aws), resources: outputs, wrong });
const check = (account: Account, ...chosen: CheckedAnywhere[]) =>
  runChecks({ account, beliefs: chosen, leftOut: () => undefined, now: onLocalAws(aws).now });

beforeAll(async () => {
  aws = await withSharedProvider(await startAws({ log: (line) => lines.push(line) }), projectRoot);
  const { account, connection } = onLocalAws(aws);
  run = new RunResources({ name: "conformance-test", account, region: connection.region }, aws.environment);
  outputs = await run.apply();
});

afterAll(async () => {
  await aws.stop();
});

test("local AWS contradicts no belief", async () => {
  const results = await check(accountWith(), ...checked);
  const others = results.filter(({ outcome }) => outcome !== "holds");
  expect(others.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([]);
});

test.each(checked.map((belief) => [belief.id, belief] as const))(
  "a wrong answer contradicts %s, and the files that rest on it are told",
  async (_, belief) => {
    const results = await check(accountWith(belief.wrong), belief);
    expect(results).toMatchObject([{ id: belief.id, outcome: "contradicted" }]);
    expect(table(results)).toContain(
      `${belief.id} is contradicted. What rests on it: ${filesOf(belief).join(", ")}`,
    );
  },
);

test("everything is removed afterwards, tasks that still run included", async () => {
  expect(await run.left()).toContain("aws_ecs_cluster.this");
  expect(await remove(run, onLocalAws(aws).connection, (line) => lines.push(line))).toEqual([]);
});

test.each([
  [
    ["--aws", "--account", "999999999999", "--region", "us-east-1"],
    "The credentials are of the account 123456789012",
  ],
  [["--aws"], "--aws needs --account and --region"],
])("%j is refused before anything is created", async (args, message) => {
  const program = ["--import", "tsx", "conformance/main.ts", ...args];
  const env = { ...process.env, ...aws.environment };
  const ended = promisify(execFile)(process.execPath, program, { cwd: projectRoot, env });
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringContaining(message),
  });
});
