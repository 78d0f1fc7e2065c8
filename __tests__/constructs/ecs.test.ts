import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformVariable } from "cdktf";
import { Ecs, type EcsProps } from "../../src/ecs";
import { Launcher } from "../../src/launcher";
import { only, synthesize } from "./synth";

const required: EcsProps = {
  projectName: "bottles",
  awsRegion: "eu-west-1",
  awsAccountId: "123456789012",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  privateSubnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskExecutionRoleArn: "arn:aws:iam::123456789012:role/bottles-execution",
  taskRoleArn: "arn:aws:iam::123456789012:role/bottles-task",
  containerImage: "homebrew-bottles-sync:latest",
};

const ecs = (props: Partial<EcsProps> = {}, look: (made: Ecs) => void = () => undefined) =>
  synthesize((stack) => look(new Ecs(stack, "bottles", { ...required, ...props })));

type Made = ReturnType<typeof ecs>;

interface Container {
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly mountPoints?: readonly object[];
  readonly user?: string;
  readonly healthCheck?: object;
  readonly readonlyRootFilesystem: boolean;
  readonly linuxParameters: object;
}

const containerOf = (made: Made): Container => {
  const text = String(only(made, "aws_ecs_task_definition").container_definitions);
  return (JSON.parse(text.replaceAll(/\$\{[^}]*\}/g, "")) as [Container])[0];
};
const variablesOf = (made: Made): Record<string, string> =>
  Object.fromEntries(containerOf(made).environment.map(({ name, value }) => [name, value]));

describe("the image of a team", () => {
  test("runs as its own user, with its own files, init process and directories, and without a health check", () => {
    const container = containerOf(ecs());
    expect(container).toMatchObject({
      readonlyRootFilesystem: false,
      linuxParameters: { initProcessEnabled: false },
      mountPoints: [{ containerPath: "/mnt/efs", readOnly: false, sourceVolume: "efs" }],
    });
    expect(container).not.toHaveProperty("user");
    expect(container).not.toHaveProperty("healthCheck");
  });

  test("gets a read-only root file system with one writable path when it is asked for", () => {
    const container = containerOf(ecs({ readonlyRootFilesystem: true, enableEfsStorage: false }));
    expect(container).toMatchObject({
      readonlyRootFilesystem: true,
      mountPoints: [{ containerPath: "/tmp", readOnly: false, sourceVolume: "scratch" }],
    });
  });

  test("gets its region, log level and mount path, and what it is given instead", () => {
    expect(variablesOf(ecs())).toEqual({
      AWS_REGION: "eu-west-1",
      EFS_MOUNT_PATH: "/mnt/efs",
      LOG_LEVEL: "INFO",
      PORT: "8080",
    });
    const environmentVariables = { AWS_REGION: "us-east-1", LOG_LEVEL: "DEBUG", DOWNLOAD_CONCURRENCY: "5" };
    expect(variablesOf(ecs({ environmentVariables, enableEfsStorage: false, logLevel: "ERROR" }))).toEqual({
      ...environmentVariables,
      PORT: "8080",
    });
    const { LOG_LEVEL: level } = variablesOf(ecs({ secrets: { LOG_LEVEL: "/bottles/level" } }));
    expect(level).toBeUndefined();
  });
});

describe("the grace period", () => {
  const targetGroup = {
    arn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/bottles/0123456789abcdef",
  };

  test("is that of the ECS service with a target group only, since ECS refuses it otherwise", () => {
    expect(only(ecs(), "aws_ecs_service")).not.toHaveProperty("health_check_grace_period_seconds");
    const balanced = only(ecs({ targetGroup, containerPort: 9090 }), "aws_ecs_service");
    expect(balanced).toMatchObject({
      health_check_grace_period_seconds: 300,
      load_balancer: [{ target_group_arn: targetGroup.arn, container_name: "bottles", container_port: 9090 }],
    });
  });

  test("is the start period of a container's health check", () => {
    const containerHealthCheck = { command: ["CMD", "/healthy"] };
    expect(containerOf(ecs({ containerHealthCheck, healthCheckGracePeriod: 120 })).healthCheck).toEqual({
      command: ["CMD", "/healthy"],
      interval: 30,
      timeout: 5,
      retries: 3,
      startPeriod: 120,
    });
  });
});

test("NFS is allowed from the security group of the tasks only, and the policy allows the given role", () => {
  const made = ecs();
  const rules = Object.values(made.aws_vpc_security_group_ingress_rule!);
  expect(rules).toMatchObject([{ from_port: 2049, to_port: 2049, description: "NFS from tasks" }]);
  expect(String(rules[0]!.referenced_security_group_id)).toMatch(/aws_security_group\.bottles_task/);
  const policy = String(only(made, "aws_efs_file_system_policy").policy);
  expect(policy).toContain(`"Principal":{"AWS":"${required.taskRoleArn}"}`);
  expect(made).not.toHaveProperty("aws_iam_role");
  expect(made).not.toHaveProperty("aws_iam_role_policy");
});

test("allows HTTPS and DNS, and NFS to the file system", () => {
  const rules = Object.values(ecs().aws_vpc_security_group_egress_rule!);
  expect(rules.map((rule) => `${rule.ip_protocol} ${rule.from_port}`).sort()).toEqual([
    "tcp 2049",
    "tcp 443",
    "tcp 53",
    "udp 53",
  ]);
});

test("has no outputs of what is off", () => {
  ecs({ enableEfsStorage: false, enableAutoScaling: false }, (made) => {
    expect([made.efsFileSystemId, made.efsFileSystemArn, made.efsAccessPointId]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([made.efsAccessPointArn, made.efsSecurityGroupId, made.autoScalingTargetArn]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(made.alarmNames).toEqual([]);
  });
});

test("without scaling the count is the given one, or the least", () => {
  const countOf = (props: Partial<EcsProps>) =>
    only(ecs({ enableAutoScaling: false, ...props }), "aws_ecs_service").desired_count;
  expect(countOf({})).toBe(0);
  expect(countOf({ minCapacity: 2 })).toBe(2);
  expect(countOf({ minCapacity: 2, desiredCount: 0 })).toBe(0);
});

test("is a route of a launcher", () => {
  const made = synthesize((stack) => {
    const bottles = new Ecs(stack, "bottles", required);
    new Launcher(stack, "launcher", { name: "sync", routes: { bottles } });
  });
  expect(JSON.stringify(made.aws_iam_policy)).toContain("task-definition/bottles:*");
});

describe("what only Terraform knows", () => {
  const preconditions = (props: (variable: TerraformVariable) => Partial<EcsProps>) =>
    JSON.stringify(
      synthesize((stack) => {
        const variable = new TerraformVariable(stack, "given", { type: "any" });
        new Ecs(stack, "bottles", { ...required, ...props(variable) });
      }),
    );

  test("a size that Fargate does not have is refused at plan, under the names of the props", () => {
    expect(preconditions(({ numberValue }) => ({ taskMemory: numberValue }))).toMatch(
      /taskMemory is [^;]* with taskCpu 2048/,
    );
  });

  test("the subnets of mount targets have literal keys", () => {
    expect(() => preconditions(({ listValue }) => ({ privateSubnetIds: listValue }))).toThrow(
      "privateSubnetIds is a list that only Terraform knows, and each subnet needs a mount target. Give efsSubnetIds",
    );
    expect(() =>
      preconditions(({ listValue }) => ({ privateSubnetIds: listValue, enableEfsStorage: false })),
    ).not.toThrow();
  });

  test("variables are merged with those that the container gets", () => {
    expect(
      preconditions(({ value }) => ({ environmentVariables: value as Record<string, string> })),
    ).toContain("EFS_MOUNT_PATH");
  });
});

test("refuses another region than that of the provider", () => {
  expect(() =>
    synthesize((stack) => {
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      new Ecs(stack, "bottles", required);
    }),
  ).toThrow(
    'awsRegion is "eu-west-1" and the AWS provider is configured for us-east-1; give both the same region.',
  );
});

const containerHealthCheck = { command: ["CMD", "/healthy"] };

test.each<[Partial<EcsProps>, string]>([
  [{ projectName: "bottles sync" }, 'projectName is "bottles sync"; it has 1 to 54'],
  [{ environment: "prod!" }, 'environment is "prod!"; it has 1 to 256'],
  [{ awsRegion: "Ireland" }, 'awsRegion is "Ireland"; it takes the name of a region'],
  [{ awsAccountId: "1234" }, 'awsAccountId is "1234"; it takes the ID of an AWS account'],
  [{ privateSubnetIds: [], enableEfsStorage: false }, "privateSubnetIds has 0 subnets"],
  [{ securityGroupIds: ["default"] }, "securityGroupIds"],
  [{ taskExecutionRoleArn: "x" }, 'taskExecutionRoleArn is "x"; it takes the ARN of an IAM role'],
  [{ taskRoleArn: "x" }, 'taskRoleArn is "x"; it takes the ARN of an IAM role'],
  [{ containerImage: "Bottles" }, 'containerImage is "Bottles"; it takes [registry/]repository'],
  [{ containerPort: 0 }, "containerPort is 0; TCP takes whole numbers from 1 to 65535."],
  [{ taskCpu: 300 }, "taskCpu is 300; Fargate accepts 256, 512"],
  [
    { taskCpu: 256 },
    "taskMemory is 8192 with taskCpu 256; with this taskCpu Fargate accepts 512, 1024, 2048.",
  ],
  [{ efsPerformanceMode: "maxio" as never }, 'efsPerformanceMode is "maxio"; allowed are'],
  [{ efsThroughputMode: "fast" as never }, 'efsThroughputMode is "fast"; allowed are'],
  [{ efsProvisionedThroughput: 3415 }, "efsProvisionedThroughput is 3415; EFS takes 1 to 3414"],
  [
    { efsPerformanceMode: "maxIO", efsThroughputMode: "elastic" },
    'efsPerformanceMode is "maxIO" with efsThroughputMode "elastic"; elastic throughput takes "generalPurpose" only.',
  ],
  [{ efsMountPath: "files" }, 'efsMountPath is "files"; it takes an absolute path'],
  [{ efsAccessPoint: { uid: 0 } }, "efsAccessPoint.uid is 0; it takes whole numbers from 1"],
  [{ efsSubnetIds: {} }, "efsSubnetIds is empty; without a mount target"],
  [{ efsKmsKeyArn: "alias/x" }, 'efsKmsKeyArn is "alias/x"; it takes the ARN of a KMS key'],
  [{ minCapacity: -1 }, "minCapacity is -1; ECS takes whole numbers from 0 to 5000."],
  [{ maxCapacity: 0 }, "maxCapacity is 0; ECS takes whole numbers from 1 to 5000."],
  [
    { minCapacity: 5, maxCapacity: 3 },
    "minCapacity is 5 and maxCapacity is 3; minCapacity is at most maxCapacity.",
  ],
  [{ desiredCount: 3 }, "desiredCount is 3 with enableAutoScaling true"],
  [{ targetCpuUtilization: 0 }, "targetCpuUtilization is 0; a utilization is more than 0"],
  [{ targetMemoryUtilization: 101 }, "targetMemoryUtilization is 101; a utilization is more than 0"],
  [{ scaleOutCooldown: -1 }, "scaleOutCooldown is -1; it takes whole numbers from 0."],
  [{ scaleInCooldown: 0.5 }, "scaleInCooldown is 0.5; it takes whole numbers from 0."],
  [
    { customMetric: { namespace: "Bottles", metricName: "Waiting", value: 0 } },
    "customMetric.value is 0; it takes more than 0.",
  ],
  [{ environmentVariables: { API_KEY: "x" } }, "environmentVariables has API_KEY; anyone who can read"],
  [
    { environmentVariables: { KEY: "x" }, secrets: { KEY: "/key" } },
    "KEY is in both environmentVariables and secrets; give each name once.",
  ],
  [{ secrets: { KEY: "the-value" } }, "secrets"],
  [{ logRetentionDays: 31 }, "logRetentionDays is 31"],
  [{ healthCheckGracePeriod: -1 }, "healthCheckGracePeriod is -1; ECS takes whole numbers from 0"],
  [
    { healthCheckGracePeriod: 301, containerHealthCheck },
    "healthCheckGracePeriod is 301 with containerHealthCheck; ECS ignores failures",
  ],
  [{ targetGroup: { arn: "x" } }, 'targetGroup.arn is "x"; it takes the ARN of a target group'],
  [{ capacity: "EC2" as never }, 'capacity is "EC2"; allowed are "FARGATE", "FARGATE_SPOT".'],
  [{ clusterName: "a.b" }, 'clusterName is "a.b"; an ECS cluster name has'],
  [{ user: "root" }, 'user is "root"; it takes a user other than root'],
  [
    { enableExecuteCommand: true, readonlyRootFilesystem: true },
    "enableExecuteCommand is true with readonlyRootFilesystem true",
  ],
  [{ ephemeralStorageGib: 20 }, "ephemeralStorageGib is 20; Fargate takes whole numbers from 21 to 200."],
  [{ names: { "aws_ecs_cluster.this": "x" } }, "aws_ecs_cluster.this"],
])("refuses %j", (props, message) => {
  expect(() => ecs(props)).toThrow(message);
});
