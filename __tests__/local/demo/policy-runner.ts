import { runDemo } from ".";

const arn = expect.stringMatching(/^arn:aws:ecs:us-east-1:123456789012:task\/custodian\/[0-9a-f]{32}$/);
const metrics = { ExecutionTime: expect.any(Number), ResourcesProcessed: 2, ActionsTaken: 2 };

/** Runs the demo of the policy runner and checks what it reports. */
export function testPolicyRunnerDemo(name: string, ...args: string[]): void {
  test(name, async () => {
    const policy = "policies/s3-createbucket.yml";
    const succeeded = { taskArn: arn, policy, exitCode: 0, status: "succeeded", metrics };
    expect(await runDemo("policy-runner", ...args)).toEqual({
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
      inCooldown: 11,
      answeredTask: arn,
      ownCalls: 1,
      largeFinding: { bytes: expect.any(Number), arrivedWhole: true },
      unmatched: 1,
      tasksFailed: 1,
      history: [
        ["test-security-bucket-123", policy, "succeeded", 2],
        ["quarterly-reports", policy, "succeeded", 2],
        ["orders", "policies/function-tag.yml", "failed", 0],
      ].map(([resource, ofPolicy, outcome, actionsTaken]) =>
        expect.objectContaining({
          service: "custodian-worker",
          resource,
          policy: ofPolicy,
          outcome,
          actionsTaken,
          attempt: 1,
          seconds: expect.any(Number),
        }),
      ),
      deadLetters: [{ reason: expect.stringContaining("exited with 2") }],
      seconds: expect.objectContaining({ apply: expect.any(Number), total: expect.any(Number) }),
    });
  }, 900_000);
}
