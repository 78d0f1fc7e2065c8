import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { version } from "../../package.json";
import { commandLineProgram } from "../../testing/command-line";
import { folderWith } from "./folder";

const cliWith = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
  spawnSync(process.execPath, [commandLineProgram(), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });

const cli = (...args: string[]) => cliWith({}, ...args);

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

test("prints its version", () => {
  expect(cli("--version")).toMatchObject({ status: 0, stdout: `${version}\n` });
});

test("names the help of a command whose arguments are wrong", () => {
  const run = cli("start", "auth", "--nmae", "engines");
  expect(run.stderr).toContain("unknown option '--nmae'");
  expect(run.stderr).toMatch(/^\(cdktf-event-driven-ecs start --help lists its options\)$/m);
  expect(run.status).toBe(2);
});

test("takes the region of the profile when AWS_REGION is empty", () => {
  const folder = folderWith({ none: "", config: "[default]\nregion = eu-west-3\n" });
  const status = (file: string) =>
    cliWith(
      {
        AWS_REGION: "",
        AWS_PROFILE: undefined,
        AWS_CONFIG_FILE: join(folder, file),
        AWS_ACCESS_KEY_ID: "key",
        AWS_SECRET_ACCESS_KEY: "secret",
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      },
      "status",
    );
  expect(status("none").stderr).toBe(
    "No region is given: set AWS_REGION, or AWS_PROFILE to a profile that has one.\n",
  );
  expect(status("config").stderr).toMatch(
    /^Nothing listens at AWS_ENDPOINT_URL, http:\/\/127\.0\.0\.1:1 \(connect ECONNREFUSED .*\): start local AWS there, or remove the variable for AWS\.\n$/,
  );
});

test("says how to give credentials when there are none", () => {
  const run = cliWith(
    {
      AWS_REGION: "eu-west-1",
      AWS_PROFILE: undefined,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_EC2_METADATA_DISABLED: "true",
    },
    "status",
  );
  expect(run.stderr).toBe(
    "No credentials are found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n",
  );
  expect(run.status).toBe(2);
});
