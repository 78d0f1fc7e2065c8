import { spawnSync } from "node:child_process";
import { join } from "node:path";

const cli = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", join(__dirname, "../../cli/main.ts"), ...args], {
    encoding: "utf8",
  });

test("without a command it says what there is", () => {
  const run = cli();
  for (const command of ["status", "start", "stop", "sync", "local"]) {
    expect(run.stderr).toMatch(new RegExp(`^  ${command} .*\\w`, "m"));
  }
  expect(run.status).toBe(2);
});

test("a command that it does not know is refused", () => {
  const run = cli("constructor");
  expect(run.stderr).toContain("unknown command 'constructor'");
  expect(run.status).toBe(2);
});
