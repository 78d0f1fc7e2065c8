import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { command } from "../../scripts/demo/command";
import { startTestAws } from "../../testing/local-aws";
import { plan, projectRoot } from "../../testing/terraform";
import { runDemo } from "./demo";

const folder = join(projectRoot, ".local-aws/demo-policy-runner-cdktf");
const arn = expect.stringMatching(/^arn:aws:ecs:us-east-1:123456789012:task\/custodian\/[0-9a-f]{32}$/);
const metrics = { ExecutionTime: expect.any(Number), ResourcesProcessed: 2, ActionsTaken: 2 };

test("a finding runs its policy once, on its own resource, and every other event has its outcome", async () => {
  const policy = "policies/s3-createbucket.yml";
  const succeeded = { taskArn: arn, policy, exitCode: 0, status: "succeeded", metrics };
  expect(await runDemo("policy-runner")).toEqual({
    bucketChanged: true,
    othersChanged: 0,
    metrics,
    bucket: {
      before: { publicAccessBlocked: false, encryption: null },
      after: { publicAccessBlocked: true, encryption: "AES256" },
    },
    runs: [
      { ...succeeded, resource: "test-security-bucket-123" },
      { ...succeeded, resource: "quarterly-reports" },
      {
        taskArn: arn,
        policy: "policies/function-tag.yml",
        resource: "orders",
        // The task role is not allowed to list functions.
        exitCode: 2,
        status: "failed",
        metrics: { ExecutionTime: expect.any(Number), ResourcesProcessed: 0, ActionsTaken: 0 },
      },
    ],
    duplicates: 1,
    inCooldown: 10,
    ownCalls: 1,
    largeFinding: { bytes: expect.any(Number), arrivedWhole: true },
    unmatched: 1,
    tasksFailed: 1,
    deadLetters: [{ reason: expect.stringContaining("exited with 2") }],
    seconds: expect.objectContaining({ apply: expect.any(Number), total: expect.any(Number) }),
  });
}, 900_000);

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
  const aws = await startTestAws();
  try {
    const environment = { ...aws.environment, TF_CLI_ARGS_plan: "-refresh=false" };
    const changes = await plan(join(folder, "cdktf.out/stacks/policy-runner"), environment);
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
