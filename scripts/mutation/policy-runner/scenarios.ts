import type { Scenario } from "../system";
import type { PolicyRunnerWorld } from "./world";

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:123456789012:${resource}`;

/** The policy of a type of resource acts on the one that violates it. */
const policyActs = (
  control: string,
  needs: readonly string[],
  { type, name, toArn, actions }: { type: string; name: string; toArn(id: string): string; actions: number },
): Scenario<PolicyRunnerWorld> => ({
  name: `the example policy of the type ${type} acts on the finding's resource`,
  needs,
  async play(world) {
    await world.resetViolators();
    const { metrics } = await world.succeededRun(
      world.find(control, type, toArn(world.violators.ids[name]![1])),
    );
    check(metrics.ActionsTaken === actions, `${metrics.ActionsTaken} actions were taken, not ${actions}`);
  },
});

export const scenarios: readonly Scenario<PolicyRunnerWorld>[] = [
  {
    name: "a policy of buckets reads all their settings",
    needs: ["s3"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const { metrics } = await world.succeededRun(
          world.find("settings", "AwsS3Bucket", bucketArn(bucket)),
        );
        check(
          metrics.ResourcesProcessed === 1,
          "the bucket has settings that the run was not allowed to read",
        );
      }),
  },
  {
    name: "a finding runs its policy, whose output, result and logs are written",
    // s3 for the launch record and the policy too, sqs for the buffer.
    needs: ["ecs", "iam", "logs", "ecr", "s3", "sqs"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const event = world.find("bucket", "AwsS3Bucket", bucketArn(bucket));
        const { metrics, log } = await world.succeededRun(event);
        check(metrics.ActionsTaken === 2, `${metrics.ActionsTaken} actions were taken, not 2`);
        check(log.length > 0, "the task has no log");
        const result = await world.resultOf(bucket);
        check(result !== undefined, "the queue has no result of the run");
        check(result?.output !== undefined, "the output bucket has no files of the run");
        const lines = await world.aws.functionLog();
        check(
          lines.some((line) => line.includes(event)),
          "the function has no log",
        );
      }),
  },
  {
    name: "a policy takes no action on a bucket that does not violate it any more",
    needs: ["s3"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const again = () => world.succeededRun(world.find("bucket", "AwsS3Bucket", bucketArn(bucket)));
        await again();
        const { metrics } = await again();
        // Without the permission to read a setting, Cloud Custodian takes it for one that is not set.
        check(metrics.ActionsTaken === 0, `${metrics.ActionsTaken} actions were taken at the second run`);
      }),
  },
  {
    name: "a finding of 300 KB reaches its task through the buffer, and through the function itself",
    needs: ["s3", "sqs", "lambda"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const large = ["settings", "AwsS3Bucket", bucketArn(bucket), 300_000] as const;
        await world.succeededRun(world.find(...large));
        // A failure record is not buffered.
        await world.succeededRun(await world.redrive(...large));
      }),
  },
  {
    name: "the version of a policy that its mapping names is run",
    needs: ["s3"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const key = "policies/pinned.yml";
        const version_id = await world.putPolicy(key, "policies: [{ name: pinned, resource: aws.s3 }]");
        await world.putPolicy(key, "policies: [{ name: newer, resource: aws.s3 }]");
        await world.withMappings({ pinned: { key, version_id } }, async () => {
          await world.succeededRun(world.find("pinned", "AwsS3Bucket", bucketArn(bucket)));
        });
      }),
  },
  {
    name: "a finding whose policy does not exist is in the DLQ with the reason",
    // s3 to see that it does not exist.
    needs: ["s3", "sqs"],
    play: (world) =>
      world.withMappings({ missing: { key: "policies/missing.yml" } }, async () => {
        const event = world.find("missing", "AwsS3Bucket", bucketArn("orders"));
        // The buffer also moves messages to the DLQ, later and without a reason.
        const message = await world.until("its DLQ message", () => world.dlqMessage(event));
        check(message.includes("does not exist"), `the DLQ message has no reason: ${message}`);
      }),
  },
  {
    name: "a finding whose run fails is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const event = world.find("denied", "AwsLambdaFunction", arn("lambda", "function:orders"));
      const { exitCode } = await world.endedRun(event);
      check(exitCode === 2, `the run ended with ${exitCode}, not with 2`);
      await world.until("its DLQ message", () => world.dlqMessage(event));
    },
  },
  {
    name: "a finding that fails at every attempt is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const broken = { service: "ecs", action: "RunTask", fault: "error", code: "ServerException" } as const;
      await world.withFaults([{ ...broken, status: 500 }], async () => {
        const event = world.find("settings", "AwsS3Bucket", bucketArn("orders"));
        await world.until("its DLQ message", () => world.dlqMessage(event));
      });
    },
  },
  {
    name: "a task that failed to start is launched again with its finding",
    needs: ["ecs", "s3"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const reason = "Timeout waiting for network interface provisioning to complete.";
        const failing = {
          service: "ecs",
          action: "RunTask",
          fault: "failsToStart",
          reason,
          times: 1,
        } as const;
        await world.withFaults([failing], async () => {
          const event = world.find("settings", "AwsS3Bucket", bucketArn(bucket));
          await world.until("the second task", async () => (await world.tasksOf(event))[1]);
        });
      }),
  },
  {
    name: "the end of a task is handled, though the function crashed before it recorded the launch",
    needs: ["ecs"],
    play: (world) =>
      world.withBucket(async (bucket) => {
        const crash = { service: "ecs", action: "RunTask", fault: "crash", when: "after" } as const;
        await world.withFaults([crash], async () => {
          const event = world.find("settings", "AwsS3Bucket", bucketArn(bucket));
          await world.handledEnd(await world.endedTask(event));
        });
      }),
  },
  {
    name: "a finding of a member account runs its policy there",
    needs: ["sts"],
    async play(world) {
      const { metrics } = await world.succeededRun(
        world.find("member", "AwsIamUser", world.violators.memberUser),
      );
      check(metrics.ResourcesProcessed === 1, "the run has not found the user of the member account");
    },
  },
  policyActs("instance", ["ec2"], {
    type: "AwsEc2Instance",
    name: "ec2",
    toArn: (id) => arn("ec2", `instance/${id}`),
    actions: 3,
  }),
  policyActs("group", ["ec2"], {
    type: "AwsEc2SecurityGroup",
    name: "security-group",
    toArn: (id) => arn("ec2", `security-group/${id}`),
    actions: 1,
  }),
  policyActs("user", ["iam"], {
    type: "AwsIamUser",
    name: "iam-user",
    toArn: (id) => `arn:aws:iam::123456789012:user/${id}`,
    actions: 2,
  }),
  policyActs("database", ["rds", "tag"], {
    type: "AwsRdsDbInstance",
    name: "rds",
    toArn: (id) => arn("rds", `db:${id}`),
    actions: 1,
  }),
];
