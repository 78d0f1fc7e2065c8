import { spawnSync } from "node:child_process";
import { join } from "node:path";

const cli = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", join(__dirname, "../../cli/main.ts"), ...args], {
    encoding: "utf8",
  });

test("lists the commands when it is called without one", () => {
  const run = cli();
  for (const command of ["status", "start", "stop", "sync", "bundle", "local"]) {
    expect(run.stderr).toMatch(new RegExp(`^  ${command} .*\\w`, "m"));
  }
  expect(run.status).toBe(2);
});

test("exits with 2 when the command is unknown", () => {
  const run = cli("constructor");
  expect(run.stderr).toContain("unknown command 'constructor'");
  expect(run.status).toBe(2);
});
