import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { TerraformVariable } from "cdktf";
import { Task, type TaskProps } from "../../src/task";
import { only, synthesize } from "./synth";

const required = {
  name: "auth",
  clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  image: "ghcr.io/acme/auth:1",
};

const mount = {
  fileSystemId: "fs-0a1b2c3d4e5f60718",
  fileSystemArn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718",
  accessPointId: "fsap-0a1b2c3d4e5f60718",
  accessPointArn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718",
  securityGroupId: "sg-0a1b2c3d4e5f60719",
  containerPath: "/mnt/data",
};

type Resources = ReturnType<typeof synthesize>;

const task = (props: Partial<TaskProps> = {}): Resources =>
  synthesize((stack) => new Task(stack, "auth", { ...required, ...props }));

/** The container definition, without expressions that only Terraform can evaluate. */
const containerOf = (resources: Resources): Record<string, unknown> => {
  const text = only(resources, "aws_ecs_task_definition").container_definitions as string;
  return (JSON.parse(text.replaceAll(/\$\{[^}]*\}/g, "")) as Record<string, unknown>[])[0]!;
};

const executionPolicy = (resources: Resources): string =>
  only(resources, "aws_iam_role_policy", { name: "execution" }).policy as string;

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:engines/auth-AbCdEf";
const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/engines/licence";

describe("container", () => {
  test("runs as a user other than root, with a read-only root file system and one writable path", () => {
    expect(containerOf(task())).toMatchObject({
      name: "auth",
      user: "1000:1000",
      readonlyRootFilesystem: true,
      mountPoints: [{ containerPath: "/tmp", readOnly: false, sourceVolume: "scratch" }],
    });
    expect(only(task(), "aws_ecs_task_definition").volume).toEqual([{ name: "scratch" }]);
  });

  test("has no empty members in its definition", () => {
    const none = containerOf(task({ command: [], entryPoint: [], environment: {}, secrets: {} }));
    for (const name of ["command", "entryPoint", "environment", "secrets", "portMappings"])
      expect(none).not.toHaveProperty(name);
  });

  test("gets its port in the variable PORT, unless environment or secrets set it", () => {
    expect(containerOf(task({ port: 8080 }))).toMatchObject({
      environment: [{ name: "PORT", value: "8080" }],
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
    });
    expect(containerOf(task({ port: 8080, environment: { PORT: "9" } })).environment).toEqual([
      { name: "PORT", value: "9" },
    ]);
    expect(containerOf(task({ port: 8080, secrets: { PORT: parameter } }))).not.toHaveProperty("environment");
  });

  test("accepts tokens", () => {
    const resources = synthesize((stack) => {
      const size = new TerraformVariable(stack, "size", { type: "number" });
      new Task(stack, "auth", {
        ...required,
        cpu: size.numberValue,
        memory: size.numberValue,
        port: size.numberValue,
      });
    });
    const definition = only(resources, "aws_ecs_task_definition");
    expect(definition).toMatchObject({ cpu: "${var.size}", memory: "${var.size}" });
    expect(definition.container_definitions).toContain('"containerPort":${var.size}');
  });
});

describe("execution role", () => {
  test("reads the listed secrets and nothing else", () => {
    const policy = executionPolicy(
      task({ secrets: { PASSWORD: `${secret}:password::`, LICENCE: parameter } }),
    );
    expect(policy).toContain(`"Resource":["${parameter}","${secret}"]`);
    expect(executionPolicy(task())).not.toContain("secretsmanager");
  });

  test("reads a secret whose ARN is a token, whatever follows the ARN", () => {
    const resources = synthesize((stack) => {
      const { arn } = new SecretsmanagerSecret(stack, "secret");
      new Task(stack, "auth", {
        ...required,
        secrets: { PASSWORD: `${arn}:password::`, USER: `${arn}:user::` },
      });
    });
    expect(executionPolicy(resources)).toMatch(/"Resource":\["\$\{.*regex\(.*regex\(.*\}"\]/);
    expect(containerOf(resources).secrets).toEqual([
      { name: "PASSWORD", valueFrom: expect.stringMatching(/:password::$/) },
      { name: "USER", valueFrom: expect.stringMatching(/:user::$/) },
    ]);
  });

  test.each([
    [
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com/engines/auth:1",
      "ecr:eu-west-1:123456789012:repository/engines/auth",
    ],
    [
      "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a@sha256:00",
      "ecr:us-gov-west-1:123456789012:repository/a",
    ],
    ["123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a", "ecr:cn-north-1:123456789012:repository/a"],
    ["123456789012.dkr-ecr.eu-west-1.on.aws/a:1", "ecr:eu-west-1:123456789012:repository/a"],
  ])("is allowed to pull %s only from its repository", (image, repository) => {
    expect(executionPolicy(task({ image }))).toContain(`:${repository}"`);
  });

  test.each(["busybox", "ghcr.io/acme/auth:1", "public.ecr.aws/docker/library/busybox:1"])(
    "has no ECR permissions for %s",
    (image) => expect(executionPolicy(task({ image }))).not.toContain("ecr:"),
  );

  test("is allowed to pull from the repository before the first token", () => {
    const resources = synthesize((stack) => {
      const tag = new TerraformVariable(stack, "tag", { type: "string" }).stringValue;
      new Task(stack, "auth", {
        ...required,
        image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/engines/auth:${tag}`,
      });
    });
    expect(executionPolicy(resources)).toContain("ecr:eu-west-1:123456789012:repository/engines/auth");
    expect(executionPolicy(resources)).not.toContain("regexall");
  });

  test.each([
    ["the whole image", (token: string) => token],
    ["the repository", (token: string) => `${token}:1.2.3`],
    [
      "the end of the repository's name",
      (token: string) => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/${token}:1`,
    ],
    ["the tag of another registry", (token: string) => `nginx:${token}`],
  ])("lets Terraform find the repository when a token is %s", (_what, image) => {
    const resources = synthesize((stack) => {
      const token = new TerraformVariable(stack, "token", { type: "string" }).stringValue;
      new Task(stack, "auth", { ...required, image: image(token) });
    });
    expect(executionPolicy(resources)).toMatch(/for image in regexall\(.*var\.token.*ecr:BatchGetImage/);
  });
});

test("makes an inline policy of the task role for each of policies", () => {
  const document = '{"Version":"2012-10-17","Statement":[]}';
  const resources = task({ policies: { "read+a": document, write: document } });
  const [role] = Object.entries(resources.aws_iam_role!).find(([, { name }]) => name === "auth-task")!;
  for (const name of ["read+a", "write"])
    expect(only(resources, "aws_iam_role_policy", { name })).toMatchObject({
      role: `\${aws_iam_role.${role}.name}`,
      policy: document,
    });
});

test("has no ingress rules, and allows only HTTPS out", () => {
  const resources = task({ port: 8080 });
  expect(resources).not.toHaveProperty("aws_vpc_security_group_ingress_rule");
  expect(only(resources, "aws_security_group")).not.toHaveProperty("ingress");
  expect(only(resources, "aws_vpc_security_group_egress_rule")).toMatchObject({
    from_port: 443,
    to_port: 443,
    ip_protocol: "tcp",
  });
});

describe("file systems", () => {
  const resources = task({
    mounts: { models: { ...mount, containerPath: "/mnt/models", readOnly: true }, data: mount },
  });

  test("are mounted over TLS, through an access point, with the permissions of the task role", () => {
    expect(only(resources, "aws_ecs_task_definition").volume).toEqual([
      { name: "scratch" },
      ...["data", "models"].map((name) => ({
        name,
        efs_volume_configuration: {
          file_system_id: mount.fileSystemId,
          transit_encryption: "ENABLED",
          authorization_config: { access_point_id: mount.accessPointId, iam: "ENABLED" },
        },
      })),
    ]);
    expect(containerOf(resources).mountPoints).toEqual([
      { containerPath: "/tmp", readOnly: false, sourceVolume: "scratch" },
      { containerPath: "/mnt/data", readOnly: false, sourceVolume: "data" },
      { containerPath: "/mnt/models", readOnly: true, sourceVolume: "models" },
    ]);
  });

  test.each([
    ["data", ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]],
    ["models", ["elasticfilesystem:ClientMount"]],
  ])("the task is allowed to use %s only through its access point", (name, actions) => {
    const { policy } = only(resources, "aws_iam_role_policy", { name: `mount-${name}` });
    expect(JSON.parse(policy as string).Statement).toEqual([
      {
        Effect: "Allow",
        Action: actions,
        Resource: mount.fileSystemArn,
        Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": mount.accessPointArn } },
      },
    ]);
  });

  test("are reached over NFS only", () => {
    expect(
      only(resources, "aws_vpc_security_group_egress_rule", {
        description: "File system mounted as data",
      }),
    ).toMatchObject({ from_port: 2049, to_port: 2049, referenced_security_group_id: mount.securityGroupId });
  });
});

describe("container instances", () => {
  test("give each copy a free host port in bridge mode", () => {
    const resources = task({ networkMode: "bridge", capacity: "EC2", cpu: 300, memory: 300, port: 8080 });
    expect(only(resources, "aws_ecs_task_definition")).toMatchObject({
      network_mode: "bridge",
      requires_compatibilities: ["EC2"],
    });
    expect(containerOf(resources).portMappings).toEqual([
      { containerPort: 8080, hostPort: 0, protocol: "tcp" },
    ]);
  });

  test("use the container port as host port in host mode", () => {
    const resources = task({ networkMode: "host", capacity: "EC2", port: 8080 });
    expect(containerOf(resources).portMappings).toEqual([
      { containerPort: 8080, hostPort: 8080, protocol: "tcp" },
    ]);
  });
});

test("a task with capacity FARGATE_SPOT has a Fargate task definition, and the capacity is in its launch route", () => {
  let route: unknown;
  const resources = synthesize((stack) => {
    route = new Task(stack, "auth", { ...required, capacity: "FARGATE_SPOT" }).route;
  });
  expect(only(resources, "aws_ecs_task_definition").requires_compatibilities).toEqual(["FARGATE"]);
  expect(route).toMatchObject({ capacity: "FARGATE_SPOT" });
});

test("its launch route has everything that a launcher needs", () => {
  let made: Task | undefined;
  synthesize((stack) => {
    made = new Task(stack, "auth", {
      ...required,
      port: 8080,
      assignPublicIp: true,
      allowOverrides: ["command"],
    });
  });
  expect(made!.route).toEqual({
    clusterArn: required.clusterArn,
    family: made!.family,
    taskDefinitionArnWithoutRevision: made!.taskDefinitionArnWithoutRevision,
    containerName: "auth",
    subnetIds: required.subnetIds,
    securityGroupIds: [made!.securityGroupId],
    assignPublicIp: true,
    port: 8080,
    allowOverrides: ["command"],
    taskRoleArn: made!.taskRoleArn,
    taskRoleName: made!.taskRoleName,
    executionRoleArn: made!.executionRoleArn,
    onFailure: { action: "alarm", maxAttempts: 3, backoffSeconds: 60 },
    interruptionRetries: 3,
    essentialContainers: ["auth"],
  });
});

test("its launch route has the settings for failures and interruptions", () => {
  const onFailure = { action: "retry", maxAttempts: 10, backoffSeconds: 0 } as const;
  synthesize((stack) => {
    const { route } = new Task(stack, "auth", { ...required, onFailure, interruptionRetries: 0 });
    expect(route).toMatchObject({ onFailure, interruptionRetries: 0 });
  });
});

test.each([
  [256, [512, 1024, 2048]],
  [512, [1024, 4096]],
  [1024, [2048, 8192]],
  [2048, [4096, 16384]],
  [4096, [8192, 30720]],
  [8192, [16384, 20480, 61440]],
  [16384, [32768, 40960, 122880]],
])("accepts cpu %i with memory %j", (cpu, memories) => {
  for (const memory of memories)
    expect(only(task({ cpu, memory }), "aws_ecs_task_definition")).toMatchObject({
      cpu: String(cpu),
      memory: String(memory),
    });
});

test.each(["PASSWORD", "db_Secret", "GITHUB_TOKEN", "APIKEY", "api_key", "PRIVATE_KEY_PEM"])(
  "refuses %s in environment, and accepts it in secrets",
  (name) => {
    expect(() => task({ environment: { [name]: "x" } })).toThrow(
      `environment has ${name}; anyone who can read the task definition can read it.`,
    );
    expect(containerOf(task({ secrets: { [name]: secret } })).secrets).toEqual([{ name, valueFrom: secret }]);
    const references = ["_NAME", "_ARN", "_URL", "_ID", "_PATH"].map((end) => name + end);
    const environment = Object.fromEntries(references.map((end) => [end, "x"]));
    expect(containerOf(task({ environment })).environment).toHaveLength(5);
  },
);

test.each<[Partial<TaskProps>, string]>([
  [{ name: "a".repeat(55) }, "a task name here has 1 to 54 letters, digits, hyphens and underscores"],
  [{ image: "auth 1" }, 'image is "auth 1"; an image name has only letters, digits and . _ : / @ # -.'],
  [{ cpu: 300 }, "cpu is 300; Fargate accepts 256, 512, 1024, 2048, 4096, 8192, 16384."],
  [{ memory: 4096 }, "memory is 4096 with cpu 256; with this cpu Fargate accepts 512, 1024, 2048."],
  [
    { cpu: 8192, memory: 17408 },
    "memory is 17408 with cpu 8192; with this cpu Fargate accepts 16384, 20480, 24576, 28672, 32768, 36864, 40960, 45056, 49152, 53248, 57344, 61440.",
  ],
  [{ capacity: "EC2", cpu: 64 }, "cpu is 64; ECS takes 128 to 196608."],
  [{ capacity: "EC2", memory: 4 }, "memory is 4; Docker needs 6 MiB or more."],
  [{ capacity: "SPOT" as "EC2" }, 'capacity is "SPOT"; allowed are "FARGATE", "FARGATE_SPOT", "EC2".'],
  [{ networkMode: "none" as "host" }, 'networkMode is "none"; allowed are "awsvpc", "bridge", "host".'],
  [
    { networkMode: "bridge" },
    'networkMode is "bridge" with capacity "FARGATE"; Fargate supports only "awsvpc"',
  ],
  [{ capacity: "EC2", assignPublicIp: true }, 'assignPublicIp is true with capacity "EC2";'],
  [{ capacity: "EC2", ephemeralStorageGib: 50 }, 'ephemeralStorageGib is 50 with capacity "EC2";'],
  [{ mounts: { scratch: mount } }, 'mounts names "scratch"; a mount\'s name has 1 to 100 letters'],
  [{ mounts: { "a/b": mount } }, 'mounts names "a/b"; a mount\'s name has 1 to 100 letters'],
  [{ mounts: { a: { ...mount, containerPath: "mnt" } } }, 'mounts.a.containerPath is "mnt"; it takes an'],
  [{ mounts: { a: mount, b: mount } }, 'mounts and scratchPath have "/tmp", "/mnt/data", "/mnt/data";'],
  [{ port: 0 }, "port is 0; TCP takes 1 to 65535."],
  [
    { onFailure: { action: "page" as "retry" } },
    'onFailure.action is "page"; allowed are "alarm", "retry", "dead_letter".',
  ],
  [
    { onFailure: { action: "retry", maxAttempts: 0 } },
    "onFailure.maxAttempts is 0; it takes a whole number from 1 to 10, the first launch included.",
  ],
  [{ onFailure: { maxAttempts: 11 } }, "onFailure.maxAttempts is 11; it takes a whole number from 1 to 10"],
  [{ onFailure: { maxAttempts: 1.5 } }, "onFailure.maxAttempts is 1.5; it takes a whole number"],
  [
    { onFailure: { backoffSeconds: 901 } },
    "onFailure.backoffSeconds is 901; it takes a whole number of seconds from 0 to 900 (SQS delays a message by at most 15 minutes).",
  ],
  [
    { onFailure: { backoffSeconds: -1 } },
    "onFailure.backoffSeconds is -1; it takes a whole number of seconds",
  ],
  [
    { onFailure: { backoffSeconds: 0.5 } },
    "onFailure.backoffSeconds is 0.5; it takes a whole number of seconds",
  ],
  [
    { interruptionRetries: 11 },
    "interruptionRetries is 11; it takes a whole number from 0 to 10; with 0 an interrupted task is not launched again.",
  ],
  [{ interruptionRetries: -1 }, "interruptionRetries is -1; it takes a whole number from 0 to 10"],
  [{ interruptionRetries: 0.5 }, "interruptionRetries is 0.5; it takes a whole number from 0 to 10"],
  [{ user: "root" }, 'user is "root"; it takes a user other than root'],
  [{ user: "0" }, 'user is "0"; it takes a user other than root'],
  [{ user: "0:0" }, 'user is "0:0"; it takes a user other than root'],
  [{ user: "00:1000" }, 'user is "00:1000"; it takes a user other than root'],
  [{ user: "" }, 'user is ""; it takes a user other than root'],
  [{ scratchPath: "tmp" }, 'scratchPath is "tmp"; it takes an absolute path below the root'],
  [{ ephemeralStorageGib: 20 }, "ephemeralStorageGib is 20; Fargate takes 21 to 200."],
  [{ architecture: "arm64" as "ARM64" }, 'architecture is "arm64"; allowed are "X86_64", "ARM64".'],
  [{ logRetentionDays: 10 }, "logRetentionDays is 10; CloudWatch Logs takes 1, 3, 5,"],
  [{ environment: { A: "1" }, secrets: { A: secret } }, "A is in both environment and secrets;"],
  [{ secrets: { A: "auth" } }, 'secrets has A = "auth"; it takes ARNs of Secrets Manager secrets'],
  [
    { secrets: { A: `${secret}:password` } },
    "it takes ARNs of Secrets Manager secrets (optionally with :json-key:",
  ],
  [{ policies: { "a b": "{}" } }, 'policies names "a b"; a policy name has 1 to 128 letters'],
  [
    { policies: { read: "s3:GetObject" } },
    'policies has "read", which is not the JSON text of a policy document.',
  ],
  [
    { egress: { a: { port: 70000, cidrIpv4: "10.0.0.0/8" } } },
    "egress.a.port is 70000; TCP or UDP takes 1 to 65535.",
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.1/8" } } },
    'egress.a.cidrIpv4 is "10.0.0.1/8"; it takes an IPv4 range',
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.0/8", protocol: "icmp" as "tcp" } } },
    'egress.a.protocol is "icmp"; allowed are "tcp", "udp".',
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.0/8", description: "<a>" } } },
    'egress.a.description is "<a>"; EC2 takes 1 to 255 letters',
  ],
])("refuses %j with the found value, the allowed values and the path of the construct", (props, message) => {
  expect(() => task(props)).toThrow(message);
  expect(() => task(props)).toThrow("(at test/auth)");
});
