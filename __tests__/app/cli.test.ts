import { spawnSync } from "node:child_process";
import { join } from "node:path";

const cli = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", join(__dirname, "../../cli/main.ts"), ...args], {
    encoding: "utf8",
  });

test("without a command it says what there is", () => {
  const run = cli();
  expect(run.stdout).toContain("local    start emulated AWS accounts on this machine");
  expect(run.status).toBe(0);
});

test("a command that it does not know is refused with those that it knows", () => {
  const run = cli("constructor");
  expect(run.stderr).toContain('The command is "constructor"; allowed are: local.');
  expect(run.status).toBe(1);
});
