import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { ensureCustodian } from "../../scripts/setup/index.cjs";

/** Runs a script of this folder with the Python of Cloud Custodian, and returns the JSON that it prints. */
export const runPython = async <Output>(
  script: "account.py" | "evaluate.py" | "parse.py" | "resource-types.py",
  {
    argument = "",
    input = "",
    environment = {},
  }: { argument?: string; input?: string; environment?: Record<string, string> } = {},
): Promise<Output> => {
  const child = spawn(join(dirname(ensureCustodian()), "python"), [join(__dirname, script), argument], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`${script}: exited with ${code}`);
  return JSON.parse(output);
};
