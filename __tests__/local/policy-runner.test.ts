import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command } from "../../scripts/demo/command";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { plan, projectRoot } from "../../testing/terraform";
import { testPolicyRunnerDemo } from "./demo/policy-runner";

const folder = join(projectRoot, ".local-aws/demo-policy-runner-cdktf");
testPolicyRunnerDemo(
  "a finding runs its policy once, on its resource, and every other event has its outcome",
);

test("enabled = false changes the rules of the sources, and nothing else", async () => {
  const settings = join(folder, "terraform.tfvars");
  const given = readFileSync(settings, "utf8");
  writeFileSync(settings, given.replace("policy_runner = {", "policy_runner = {\n  enabled = false"));
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  await command(process.execPath, ["--import", tsx, join(projectRoot, "main.ts")], {
    cwd: folder,
    env: process.env,
  });
  // The account of the demo is gone, but its state says what was in it.
  const stack = join(folder, "cdktf.out/stacks/policy-runner");
  const aws = await withSharedProvider(await startTestAws(), stack);
  try {
    const environment = { ...aws.environment, TF_CLI_ARGS_plan: "-refresh=false" };
    const changes = await plan(stack, environment);
    const changed = changes.filter(({ change }) => change.actions.join() !== "no-op");
    expect(
      changed.map(({ type, change: { actions, before, after } }) => [
        type,
        actions.join(),
        before?.name,
        before?.state,
        after?.state,
      ]),
    ).toEqual(
      ["custodian-buckets", "custodian-hub"].map((name) => [
        "aws_cloudwatch_event_rule",
        "update",
        name,
        "ENABLED",
        "DISABLED",
      ]),
    );
  } finally {
    await aws.stop();
  }
}, 300_000);
