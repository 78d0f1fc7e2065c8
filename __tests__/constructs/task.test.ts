import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { TerraformOutput, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import environmentNames from "../../modules/task/tests/environment-names.json";
import type { LaunchRoute } from "../../src/launcher/route";
import { type EgressRule, Task, type TaskProps } from "../../src/task";
import { secretName } from "../../src/task/secret-name";
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

/** The container definitions, without expressions that only Terraform can evaluate. */
const containersOf = (resources: Resources): Record<string, unknown>[] => {
  const text = only(resources, "aws_ecs_task_definition").container_definitions as string;
  return JSON.parse(text.replaceAll(/\$\{[^}]*\}/g, "")) as Record<string, unknown>[];
};

/** The container definition of the main container. */
const containerOf = (resources: Resources): Record<string, unknown> => containersOf(resources)[0]!;

const executionPolicy = (resources: Resources): string =>
  only(resources, "aws_iam_role_policy", { name: "execution" }).policy as string;

/** The statements of a policy; expressions that only Terraform can evaluate are a placeholder. */
const statementsOf = (policy: string): Record<string, unknown>[] =>
  JSON.parse(policy.replaceAll(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, "TERRAFORM")).Statement;

const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:engines/auth-AbCdEf";
const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/engines/licence";

test("the execution role is allowed to read a parameter that is given by its name", () => {
  const resources = task({ secrets: { LICENCE: "/engines/licence", OTHER: "/other" } });
  expect(executionPolicy(resources)).toMatch(/:parameter\/engines\/licence".*:parameter\/other"/);
  expect(containerOf(resources).secrets).toEqual([
    { name: "LICENCE", valueFrom: "/engines/licence" },
    { name: "OTHER", valueFrom: "/other" },
  ]);
});

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

  test("has no scratch volume when it is to have none", () => {
    const bare = task({ createScratchVolume: false, readonlyRootFilesystem: false });
    expect(containerOf(bare)).not.toHaveProperty("mountPoints");
    expect(only(bare, "aws_ecs_task_definition").volume ?? []).toEqual([]);
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
      `123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/a@sha256:${"0".repeat(64)}`,
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

test("takes its image from an SSM parameter", () => {
  const resources = synthesize((stack) => {
    const image = new DataAwsSsmParameter(stack, "image", { name: "/engines/auth/image" }).insecureValue;
    new Task(stack, "auth", { ...required, image, trackLatestRevision: true });
  });
  const definition = only(resources, "aws_ecs_task_definition");
  expect(definition.track_latest).toBe(true);
  expect(definition.container_definitions).toContain("data.aws_ssm_parameter.image.insecure_value");
  expect(executionPolicy(resources)).toContain("data.aws_ssm_parameter.image.insecure_value");
});

test("counts no digest as part of the 255 characters of an image", () => {
  const image = `a${"/a".repeat(127)}@sha256:${"0".repeat(64)}`;
  expect(containerOf(task({ image }))).toMatchObject({ image });
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

describe("egress", () => {
  const rule = (egress: EgressRule) =>
    only(task({ egress: { a: egress } }), "aws_vpc_security_group_egress_rule");

  test("to a range of ports of a security group", () => {
    const made = rule({ fromPort: 0, toPort: 65535, securityGroupId: "123456789012/sg-1" });
    expect(made).toMatchObject({
      ip_protocol: "tcp",
      from_port: 0,
      to_port: 65535,
      referenced_security_group_id: "123456789012/sg-1",
    });
    expect(made).not.toHaveProperty("cidr_ipv4");
  });

  test("to a prefix list", () => {
    expect(rule({ port: 443, prefixListId: "pl-6da54004" })).toMatchObject({ prefix_list_id: "pl-6da54004" });
  });

  test.each(["::/0", "2001:db8::/32", "2001:db8:0:8000::/49", "fd00::1/128"])(
    "to the IPv6 range %s",
    (cidrIpv6) => {
      expect(rule({ port: 443, cidrIpv6 })).toMatchObject({ cidr_ipv6: cidrIpv6 });
    },
  );

  test("of all protocols has no ports, and of ICMP has all types", () => {
    const all = rule({ protocol: "-1", cidrIpv4: "10.0.0.0/8" });
    expect(all.ip_protocol).toBe("-1");
    expect(all).not.toHaveProperty("from_port");
    expect(all).not.toHaveProperty("to_port");
    expect(rule({ protocol: "icmp", cidrIpv4: "10.0.0.0/8" })).toMatchObject({ from_port: -1, to_port: -1 });
  });

  test("accepts tokens", () => {
    const resources = synthesize((stack) => {
      const id = new TerraformVariable(stack, "id", { type: "string" }).stringValue;
      const port = new TerraformVariable(stack, "port", { type: "number" }).numberValue;
      const egress = { a: { port, securityGroupId: id }, b: { fromPort: 1, toPort: port, cidrIpv6: id } };
      new Task(stack, "auth", { ...required, egress, securityGroupIds: [id] });
    });
    expect(only(resources, "aws_vpc_security_group_egress_rule", { from_port: 1 })).toMatchObject({
      to_port: "${var.port}",
      cidr_ipv6: "${var.id}",
    });
  });
});

test("has the given security groups beside its own", () => {
  synthesize((stack) => {
    const { route, securityGroupId } = new Task(stack, "auth", {
      ...required,
      securityGroupIds: ["sg-1", "sg-2", "sg-3", "sg-4"],
    });
    expect(route.securityGroupIds).toEqual([securityGroupId, "sg-1", "sg-2", "sg-3", "sg-4"]);
  });
});

test("pulls from a private registry with credentials that only the execution role is allowed to read", () => {
  const resources = task({ repositoryCredentialsArn: secret });
  expect(containerOf(resources).repositoryCredentials).toEqual({ credentialsParameter: secret });
  expect(executionPolicy(resources)).toContain(
    `{"Action":"secretsmanager:GetSecretValue","Effect":"Allow","Resource":"${secret}"}`,
  );
  expect(containerOf(task())).not.toHaveProperty("repositoryCredentials");
});

describe("secrets under a customer managed key", () => {
  const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

  test("are decrypted only through Secrets Manager and SSM", () => {
    const [, statement] = statementsOf(executionPolicy(task({ secretsKmsKeyArns: [key] })));
    expect(statement).toEqual({
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: [key],
      Condition: {
        StringEquals: {
          "kms:ViaService": [expect.stringMatching(/^secretsmanager[.]./), expect.stringMatching(/^ssm[.]./)],
        },
      },
    });
  });

  test("need no permission without a key", () => {
    for (const secretsKmsKeyArns of [undefined, []])
      expect(executionPolicy(task({ secrets: { A: secret }, secretsKmsKeyArns }))).not.toContain("kms:");
  });
});

describe("the process in the container", () => {
  test("has the given health check, stop timeout, limits and capabilities", () => {
    expect(
      containerOf(
        task({
          containerHealthCheck: { command: ["CMD-SHELL", "curl -f localhost"] },
          stopTimeoutSeconds: 120,
          ulimits: { nofile: { soft: 1024, hard: 65535 } },
          initProcess: false,
          linuxCapabilitiesDrop: ["ALL"],
          linuxCapabilitiesAdd: ["SYS_PTRACE"],
        }),
      ),
    ).toMatchObject({
      healthCheck: { command: ["CMD-SHELL", "curl -f localhost"], interval: 30, timeout: 5, retries: 3 },
      stopTimeout: 120,
      ulimits: [{ name: "nofile", softLimit: 1024, hardLimit: 65535 }],
      linuxParameters: { initProcessEnabled: false, capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] } },
    });
  });

  test("has only an init process by default", () => {
    const container = containerOf(task());
    expect(container.linuxParameters).toEqual({ initProcessEnabled: true });
    for (const name of ["healthCheck", "stopTimeout", "ulimits"]) expect(container).not.toHaveProperty(name);
  });

  test("runs as the user of the image only when asked", () => {
    expect(containerOf(task({ runAsImageUser: true }))).not.toHaveProperty("user");
    expect(containerOf(task({ runAsImageUser: false })).user).toBe("1000:1000");
  });
});

describe("ECS Exec", () => {
  const open = { enableExecuteCommand: true, readonlyRootFilesystem: false };
  const sessionPolicy = (props: Partial<TaskProps>) =>
    statementsOf(
      only(task({ ...open, ...props }), "aws_iam_role_policy", { name: "execute-command" }).policy as string,
    );
  const channels = {
    Effect: "Allow",
    Action: [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    Resource: "*",
  };

  test("gets the permission to open channels, and no other", () => {
    expect(sessionPolicy({})).toEqual([channels]);
  });

  test("gets the permissions to record sessions in one log group and to decrypt with one key", () => {
    const kms = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    expect(
      sessionPolicy({ executeCommandLogGroupName: "/ecs/engines/exec", executeCommandKmsKeyArn: kms }),
    ).toEqual([
      channels,
      { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        Resource: expect.stringMatching(/:log-group:[/]ecs[/]engines[/]exec:[*]$/),
      },
      { Effect: "Allow", Action: "kms:Decrypt", Resource: kms },
    ]);
  });

  test("is in the launch route, and off by default", () => {
    synthesize((stack) => {
      expect(new Task(stack, "auth", { ...required, ...open }).route.enableExecuteCommand).toBe(true);
    });
    const resources = task({ readonlyRootFilesystem: false });
    expect(Object.values(resources.aws_iam_role_policy!).map(({ name }) => name)).toEqual(["execution"]);
  });
});

describe("sidecars", () => {
  const resources = task({
    sidecars: {
      router: {
        image: "fluent-bit:3",
        essential: true,
        runAsImageUser: true,
        dependsOn: { proxy: "START" },
        firelens: { type: "fluentbit" },
      },
      proxy: {
        image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1",
        secrets: { PROXY_TOKEN: parameter },
        healthCheck: { command: ["CMD", "/healthy"] },
        port: 9090,
        memory: 64,
      },
    },
    containerDependsOn: { proxy: "HEALTHY" },
    logDriver: "awsfirelens",
    logOptions: { Name: "http" },
    logSecrets: { Header: secret },
  });

  test("have safe defaults and no empty members", () => {
    const [main, proxy, router] = containersOf(resources);
    expect(main).toMatchObject({
      name: "auth",
      dependsOn: [{ containerName: "proxy", condition: "HEALTHY" }],
      logConfiguration: {
        logDriver: "awsfirelens",
        options: { Name: "http" },
        secretOptions: [{ name: "Header", valueFrom: secret }],
      },
    });
    expect(proxy).toEqual({
      name: "proxy",
      image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1",
      essential: false,
      secrets: [{ name: "PROXY_TOKEN", valueFrom: parameter }],
      user: "1000:1000",
      readonlyRootFilesystem: true,
      portMappings: [{ containerPort: 9090, hostPort: 9090, protocol: "tcp" }],
      memory: 64,
      healthCheck: { command: ["CMD", "/healthy"], interval: 30, timeout: 5, retries: 3 },
      logConfiguration: { logDriver: "awslogs", options: expect.anything() },
    });
    expect(router).toMatchObject({
      essential: true,
      dependsOn: [{ containerName: "proxy", condition: "START" }],
      firelensConfiguration: { type: "fluentbit" },
    });
    expect(router).not.toHaveProperty("user");
  });

  test("are pulled and read by the execution role, which gets no other permission", () => {
    expect(statementsOf(executionPolicy(resources)).slice(1)).toEqual([
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue", "ssm:GetParameters"],
        Resource: [parameter, secret],
      },
      {
        Effect: "Allow",
        Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [expect.stringMatching(/:ecr:eu-west-1:123456789012:repository[/]proxy$/)],
      },
      { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    ]);
  });

  test("have a network of their own in bridge mode, and may listen on the port of the main container", () => {
    const sidecars = { proxy: { image: "proxy", port: 80 } };
    const bridge = task({ networkMode: "bridge", capacity: "EC2", port: 80, sidecars });
    expect(containersOf(bridge).map(({ portMappings }) => portMappings)).toEqual([
      [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
      [{ containerPort: 80, hostPort: 0, protocol: "tcp" }],
    ]);
  });

  test("decide with the main container whether the task succeeded, when they are essential", () => {
    synthesize((stack) => {
      const sidecars = { router: { image: "a", essential: true } };
      expect(new Task(stack, "auth", { ...required, sidecars }).route.essentialContainers).toEqual([
        "auth",
        "router",
      ]);
    });
  });
});

test("has the given options of the log beside its own", () => {
  const { logConfiguration } = containerOf(
    task({ logOptions: { mode: "non-blocking", "max-buffer-size": "25m" } }),
  );
  expect(logConfiguration).toMatchObject({
    options: { "awslogs-stream-prefix": "task", mode: "non-blocking", "max-buffer-size": "25m" },
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

test.each<[string, Partial<TaskProps>, string[]]>([
  ["gpu", { networkMode: "bridge", cpu: 300, memory: 300, stopTimeoutSeconds: 600 }, ["EC2"]],
  ["CLUSTER_DEFAULT", {}, ["EC2", "FARGATE"]],
])("a task with capacity %s is compatible with what it may run on", (capacity, props, compatibilities) => {
  let route: LaunchRoute | undefined;
  const resources = synthesize((stack) => {
    route = new Task(stack, "auth", { ...required, ...props, capacity }).route;
  });
  expect(only(resources, "aws_ecs_task_definition").requires_compatibilities).toEqual(compatibilities);
  expect(route).toMatchObject({ capacity });
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

test("refuses a cluster of another region, at the latest in the plan", () => {
  const inRegion = (region: string | undefined, clusterArn?: string) =>
    synthesize((stack) => {
      if (region !== undefined) new AwsProvider(stack, "aws", { region });
      const variable = new TerraformVariable(stack, "cluster", { type: "string" });
      new Task(stack, "auth", { ...required, clusterArn: clusterArn ?? variable.stringValue });
    });
  expect(() => inRegion("us-east-1", required.clusterArn)).toThrow(
    /^clusterArn is "arn:aws:ecs:eu-west-1:.*"; a task in us-east-1 is launched only on clusters of us-east-1\./,
  );
  expect(JSON.stringify(inRegion("eu-west-1", required.clusterArn))).not.toContain("launched only on");
  expect(JSON.stringify(inRegion("eu-west-1"))).toContain(
    'try(split(\\":\\", var.cluster)[3] == \\"eu-west-1\\", true)',
  );
  expect(JSON.stringify(inRegion(undefined, required.clusterArn))).toContain("data.aws_region.");
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
  [32768, [61440, 122880, 249856]],
])("accepts cpu %i with memory %j", (cpu, memories) => {
  for (const memory of memories)
    expect(only(task({ cpu, memory }), "aws_ecs_task_definition")).toMatchObject({
      cpu: String(cpu),
      memory: String(memory),
    });
});

test.each(environmentNames.secret)("refuses %s in environment, and accepts it in secrets", (name) => {
  expect(() => task({ environment: { [name]: "x" } })).toThrow(
    `environment has ${name}; anyone who can read the task definition can read it.`,
  );
  expect(containerOf(task({ secrets: { [name]: secret } })).secrets).toEqual([{ name, valueFrom: secret }]);
  const references = ["_NAME", "_ARN", "_URL", "_ID", "_PATH"].map((end) => name + end);
  const environment = Object.fromEntries(references.map((end) => [end, "x"]));
  expect(containerOf(task({ environment })).environment).toHaveLength(5);
});

test("accepts names in environment that only contain the word for a secret", () => {
  const environment = Object.fromEntries(environmentNames.plain.map((name) => [name, "x"]));
  expect(containerOf(task({ environment })).environment).toHaveLength(environmentNames.plain.length);
});

test("accepts a name in environment that looks like a secret only if it is listed", () => {
  const environment = { ALLOW_EMPTY_PASSWORD: "yes" };
  expect(
    containerOf(task({ environment, plainEnvironmentNames: ["ALLOW_EMPTY_PASSWORD"] })).environment,
  ).toEqual([{ name: "ALLOW_EMPTY_PASSWORD", value: "yes" }]);
  expect(() =>
    task({ environment: { ...environment, PASSWORD: "x" }, plainEnvironmentNames: ["ALLOW_EMPTY_PASSWORD"] }),
  ).toThrow("environment has PASSWORD; anyone who can read the task definition can read it.");
});

test("the module has the same pattern for names of secrets", () => {
  const main = readFileSync(join(__dirname, "../../modules/task/main.tf"), "utf8");
  expect(/secret_name\s+= "\(\?i\)(.*)"/.exec(main)?.[1]).toBe(secretName.source);
});

test.each<[Partial<TaskProps>, string]>([
  [{ name: "a".repeat(55) }, "a task name here has 1 to 54 letters, digits, hyphens and underscores"],
  [
    { image: "auth 1" },
    'image is "auth 1"; it takes [registry/]repository[:tag][@digest], with lower-case letters',
  ],
  [{ image: "ghcr.io/Acme/auth:1" }, 'image is "ghcr.io/Acme/auth:1"; it takes [registry/]repository'],
  [{ image: "auth@sha256:00" }, 'image is "auth@sha256:00"; it takes [registry/]repository'],
  [{ image: `a${"/a".repeat(128)}` }, "image has 257 characters before a digest; ECS takes at most 255."],
  [{ subnetIds: ["subnet-1", "subnet-1"] }, 'subnetIds names "subnet-1" twice; each ID is named once.'],
  [{ subnetIds: [] }, 'subnetIds has 0 subnets; a task with networkMode "awsvpc" takes 1 to 16.'],
  [
    { policies: { a: JSON.stringify({ Statement: Array(800).fill("statement-100") }) } },
    "characters in all; IAM takes at most 10240 for the inline policies of a role.",
  ],
  [
    {
      environment: Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`NAME_${i}`, "a".repeat(100)])),
    },
    "characters; ECS takes at most 65536. Put long values into a parameter or an object.",
  ],
  [{ cpu: 300 }, "cpu is 300; Fargate accepts 256, 512, 1024, 2048, 4096, 8192, 16384, 32768."],
  [{ memory: 4096 }, "memory is 4096 with cpu 256; with this cpu Fargate accepts 512, 1024, 2048."],
  [
    { cpu: 8192, memory: 17408 },
    "memory is 17408 with cpu 8192; with this cpu Fargate accepts 16384, 20480, 24576, 28672, 32768, 36864, 40960, 45056, 49152, 53248, 57344, 61440.",
  ],
  [{ capacity: "EC2", cpu: 64 }, "cpu is 64; ECS takes whole numbers from 128 to 196608."],
  [{ capacity: "EC2", memory: 4 }, "memory is 4; Docker takes whole numbers from 6, in MiB."],
  [
    { capacity: "fargate-gpu" },
    'capacity is "fargate-gpu"; allowed are "FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT", and the name of a capacity provider: 1 to 255 letters, digits, hyphens and underscores that do not begin with "aws", "ecs" or "fargate".',
  ],
  [{ capacity: "AWS_gpu" }, 'capacity is "AWS_gpu"; allowed are "FARGATE"'],
  [{ capacity: "my gpu" }, 'capacity is "my gpu"; allowed are "FARGATE"'],
  [{ capacity: "a".repeat(256) }, `capacity is "${"a".repeat(256)}"; allowed are "FARGATE"`],
  [{ capacity: "gpu", cpu: 64 }, "cpu is 64; ECS takes whole numbers from 128 to 196608."],
  [{ capacity: "gpu", assignPublicIp: true }, 'assignPublicIp is true with capacity "gpu";'],
  [{ capacity: "gpu", ephemeralStorageGib: 50 }, 'ephemeralStorageGib is 50 with capacity "gpu";'],
  [
    { capacity: "CLUSTER_DEFAULT", cpu: 300 },
    "16384, 32768. The default of the cluster may be Fargate; if it is a capacity provider, give its name.",
  ],
  [
    { capacity: "CLUSTER_DEFAULT", networkMode: "bridge" },
    '"host". The default of the cluster may be Fargate; if it is a capacity provider, give its name.',
  ],
  [
    { capacity: "CLUSTER_DEFAULT", assignPublicIp: true },
    'assignPublicIp is true with capacity "CLUSTER_DEFAULT";',
  ],
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
  [{ port: 0 }, "port is 0; TCP takes whole numbers from 1 to 65535."],
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
  [{ ephemeralStorageGib: 20 }, "ephemeralStorageGib is 20; Fargate takes whole numbers from 21 to 200."],
  [{ architecture: "arm64" as "ARM64" }, 'architecture is "arm64"; allowed are "X86_64", "ARM64".'],
  [{ logRetentionDays: 10 }, "logRetentionDays is 10; CloudWatch Logs takes 0, 1, 3, 5,"],
  [{ environment: { A: "1" }, secrets: { A: secret } }, "A is in both environment and secrets;"],
  [{ secrets: { A: "au th" } }, 'secrets has A = "au th"; it takes ARNs of Secrets Manager secrets'],
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
    "egress.a.port is 70000; a port is 1 to 65535.",
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.1/8" } } },
    'egress.a.cidrIpv4 is "10.0.0.1/8"; it takes an IPv4 range',
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.0/8", protocol: "icmp" } } },
    'egress.a has port with protocol "icmp"; "icmp" and "-1" take no ports, they cover all types and ports.',
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.0/8", protocol: "esp" as "tcp" } } },
    'egress.a.protocol is "esp"; allowed are "tcp", "udp", "icmp", "-1".',
  ],
  [
    { egress: { a: { cidrIpv4: "10.0.0.0/8" } } },
    'egress.a has no port with protocol "tcp"; it takes port, or fromPort and toPort.',
  ],
  [
    { egress: { a: { port: 1, toPort: 2, cidrIpv4: "10.0.0.0/8" } } },
    'egress.a has port, toPort with protocol "tcp"; it takes port, or fromPort and toPort.',
  ],
  [
    { egress: { a: { fromPort: 2, toPort: 1, cidrIpv4: "10.0.0.0/8" } } },
    "egress.a has fromPort 2 and toPort 1; fromPort is the lower one.",
  ],
  [
    { egress: { a: { fromPort: 2, toPort: 65536, cidrIpv4: "10.0.0.0/8" } } },
    "egress.a.toPort is 65536; a range has ports from 0 to 65535.",
  ],
  [
    { egress: { a: { port: 1 } } },
    "egress.a has no destination; a rule has exactly one of cidrIpv4, cidrIpv6, securityGroupId, prefixListId.",
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.0/8", securityGroupId: "sg-1" } } },
    "egress.a has cidrIpv4, securityGroupId; a rule has exactly one of",
  ],
  ...["2001:db8::1/32", "2001:DB8::/32", "2001:db8::/129", "10.0.0.0/8", "::1"].map(
    (cidrIpv6): [Partial<TaskProps>, string] => [
      { egress: { a: { port: 1, cidrIpv6 } } },
      `egress.a.cidrIpv6 is "${cidrIpv6}"; it takes an IPv6 range with its first address, such as "2001:db8::/32".`,
    ],
  ),
  [
    { egress: { a: { port: 1, securityGroupId: "database" } } },
    'egress.a.securityGroupId is "database"; it takes the ID of a security group, such as "sg-',
  ],
  [
    { egress: { a: { port: 1, prefixListId: "s3" } } },
    'egress.a.prefixListId is "s3"; it takes the ID of a prefix list, such as "pl-',
  ],
  [
    { securityGroupIds: ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"] },
    "securityGroupIds has 5 security groups; a task has at most 5, its own included.",
  ],
  [
    { securityGroupIds: ["database"] },
    'securityGroupIds is "database"; it takes IDs of security groups, such as "sg-',
  ],
  [
    { securityGroupIds: ["sg-1"], networkMode: "bridge", capacity: "EC2" },
    'securityGroupIds is given with networkMode "bridge"; only with "awsvpc" a task has security groups.',
  ],
  [
    { egress: { a: { port: 1, cidrIpv4: "10.0.0.0/8", description: "<a>" } } },
    'egress.a.description is "<a>"; EC2 takes 1 to 255 letters',
  ],
  [
    { repositoryCredentialsArn: "ghcr" },
    'repositoryCredentialsArn is "ghcr"; it takes the ARN of a Secrets Manager secret, such as',
  ],
  [
    { secretsKmsKeyArns: ["alias/secrets"] },
    'secretsKmsKeyArns is "alias/secrets"; it takes ARNs of KMS keys, such as',
  ],
  ...[["CMD"], ["CMD-SHELL", "a", "b"], ["curl", "a"], []].map((command): [Partial<TaskProps>, string] => [
    { containerHealthCheck: { command } },
    `containerHealthCheck.command is ${JSON.stringify(command)}; it takes "CMD" with a program and its arguments, or "CMD-SHELL" with one text.`,
  ]),
  [
    { containerHealthCheck: { command: ["CMD", "a"], intervalSeconds: 4 } },
    "containerHealthCheck.intervalSeconds is 4; it takes a whole number from 5 to 300.",
  ],
  [
    { containerHealthCheck: { command: ["CMD", "a"], timeoutSeconds: 61 } },
    "containerHealthCheck.timeoutSeconds is 61; it takes a whole number from 2 to 60.",
  ],
  [
    { containerHealthCheck: { command: ["CMD", "a"], retries: 1.5 } },
    "containerHealthCheck.retries is 1.5; it takes a whole number from 1 to 10.",
  ],
  [
    { containerHealthCheck: { command: ["CMD", "a"], startPeriodSeconds: 301 } },
    "containerHealthCheck.startPeriodSeconds is 301; it takes a whole number from 0 to 300.",
  ],
  [
    { stopTimeoutSeconds: 1 },
    "stopTimeoutSeconds is 1; it takes a whole number of seconds, 2 to 120 on Fargate.",
  ],
  [{ stopTimeoutSeconds: 121 }, "stopTimeoutSeconds is 121; it takes a whole number of seconds, 2 to 120"],
  [
    { stopTimeoutSeconds: 1, capacity: "EC2" },
    "stopTimeoutSeconds is 1; it takes a whole number of seconds, 2 or more.",
  ],
  [{ ulimits: { files: { soft: 1, hard: 1 } } }, 'ulimits names "files"; allowed are "core", "cpu",'],
  [
    { ulimits: { nofile: { soft: 2, hard: 1 } } },
    "ulimits.nofile has soft 2 and hard 1; both are whole numbers or -1 for no limit, and soft is not above hard.",
  ],
  [{ ulimits: { nofile: { soft: -1, hard: 1 } } }, "ulimits.nofile has soft -1 and hard 1;"],
  [
    { linuxCapabilitiesDrop: ["CAP_NET_RAW"] },
    'linuxCapabilitiesDrop names "CAP_NET_RAW"; ECS takes ALL, AUDIT_CONTROL,',
  ],
  [
    { linuxCapabilitiesAdd: ["SYS_PTRACE", "NET_ADMIN"] },
    'linuxCapabilitiesAdd is ["SYS_PTRACE","NET_ADMIN"] with capacity "FARGATE"; Fargate adds only "SYS_PTRACE".',
  ],
  [
    { linuxCapabilitiesAdd: ["CAP_NET_ADMIN"], capacity: "EC2" },
    'linuxCapabilitiesAdd names "CAP_NET_ADMIN"; ECS takes ALL,',
  ],
  [{ runAsImageUser: true, user: "app" }, 'user is "app" with runAsImageUser true; give one of them.'],
  [
    { enableExecuteCommand: true },
    "enableExecuteCommand is true with readonlyRootFilesystem true; the agent of ECS Exec writes to the root file system.",
  ],
  [
    { sidecars: { auth: { image: "a" } } },
    'sidecars names "auth"; a sidecar\'s name has 1 to 255 letters, digits, hyphens and underscores, and is not "auth"',
  ],
  [{ sidecars: { a: { image: "a b" } } }, 'sidecars.a.image is "a b"; it takes [registry/]'],
  [
    { sidecars: { a: { image: "a", environment: { API_TOKEN: "x" } } } },
    "sidecars.a.environment has API_TOKEN; anyone who can read",
  ],
  [
    { sidecars: { a: { image: "a", secrets: { A: "x y" } } } },
    'sidecars.a.secrets has A = "x y"; it takes ARNs of Secrets Manager secrets',
  ],
  [
    { sidecars: { a: { image: "a", environment: { A: "x" }, secrets: { A: parameter } } } },
    "sidecars.a: A is in both environment and secrets;",
  ],
  [{ sidecars: { a: { image: "a", user: "0" } } }, 'sidecars.a.user is "0"; it takes a user other than root'],
  [
    { sidecars: { a: { image: "a", user: "app", runAsImageUser: true } } },
    'sidecars.a.user is "app" with runAsImageUser true; give one of them.',
  ],
  [{ sidecars: { a: { image: "a", port: 0 } } }, "sidecars.a.port is 0; a port is 1 to 65535."],
  [
    { port: 80, sidecars: { a: { image: "a", port: 80 } } },
    "port and sidecars have the ports 80, 80; each container of a task has its own.",
  ],
  [
    { sidecars: { a: { image: "a", memory: 5 } } },
    "sidecars.a.memory is 5; Docker takes whole numbers from 6, in MiB.",
  ],
  [
    { sidecars: { a: { image: "a", memory: 500 }, b: { image: "b", memory: 13 } } },
    "sidecars have 513 MiB in all with memory 512;",
  ],
  [{ sidecars: { a: { image: "a", cpu: 257 } } }, "sidecars have 257 CPU units in all with cpu 256;"],
  [
    { sidecars: { a: { image: "a", healthCheck: { command: ["curl", "a"] } } } },
    'sidecars.a.healthCheck.command is ["curl","a"]; it takes "CMD"',
  ],
  [
    { sidecars: { a: { image: "a", healthCheck: { command: ["CMD", "a"], retries: 11 } } } },
    "sidecars.a.healthCheck.retries is 11; it takes a whole number from 1 to 10.",
  ],
  [
    { sidecars: { a: { image: "a", dependsOn: { a: "START" } } } },
    'sidecars.a.dependsOn names "a"; the other containers of the task are "auth".',
  ],
  [
    { containerDependsOn: { a: "START" }, sidecars: { b: { image: "b" } } },
    'containerDependsOn names "a"; the other containers of the task are "b".',
  ],
  [
    { containerDependsOn: { a: "STARTED" as "START" }, sidecars: { a: { image: "a" } } },
    'containerDependsOn.a is "STARTED"; allowed are "START", "COMPLETE", "SUCCESS", "HEALTHY".',
  ],
  [
    { containerDependsOn: { a: "HEALTHY" }, sidecars: { a: { image: "a" } } },
    'containerDependsOn.a is "HEALTHY", and that container has no health check; give it one.',
  ],
  [
    { containerDependsOn: { a: "COMPLETE" }, sidecars: { a: { image: "a", essential: true } } },
    'containerDependsOn.a is "COMPLETE", and that container is essential: the task ends with it.',
  ],
  [
    { sidecars: { a: { image: "a", firelens: { type: "vector" as "fluentd" } } } },
    'sidecars.a.firelens.type is "vector"; allowed are "fluentbit", "fluentd".',
  ],
  [
    {
      sidecars: {
        a: { image: "a", firelens: { type: "fluentd" } },
        b: { image: "b", firelens: { type: "fluentd" } },
      },
    },
    "sidecars a, b have firelens; a task has one log router.",
  ],
  [
    { logDriver: "awsfirelens" },
    'logDriver is "awsfirelens", and no sidecar has firelens; give one, the log router.',
  ],
  [{ logOptions: { Name: "http" } }, 'logOptions names "Name" with logDriver "awslogs"; it takes "mode",'],
  [{ logOptions: { "awslogs-group": "a" } }, 'logOptions names "awslogs-group" with logDriver "awslogs";'],
  [{ logOptions: { mode: "fast" } }, 'logOptions.mode is "fast"; allowed are "blocking", "non-blocking".'],
  [
    { logSecrets: { Header: "a b" } },
    'logSecrets has Header = "a b"; it takes ARNs of Secrets Manager secrets',
  ],
  [{ logDriver: "syslog" as "awslogs" }, 'logDriver is "syslog"; allowed are "awslogs", "awsfirelens".'],
])("refuses %j with the found value, the allowed values and the path of the construct", (props, message) => {
  expect(() => task(props)).toThrow(message);
  expect(() => task(props)).toThrow("(at test/auth)");
});

describe("tokens in sidecars and settings of the container", () => {
  const withToken = (props: (variable: TerraformVariable) => Partial<TaskProps>): Resources =>
    synthesize((stack) => {
      const variable = new TerraformVariable(stack, "given", { type: "any" });
      new Task(stack, "auth", { ...required, ...props(variable) });
    });
  const asMap = (variable: TerraformVariable) => Token.asStringMap(variable.value) as Record<string, string>;

  test("Terraform reads the maps of a sidecar", () => {
    const resources = withToken((variable) => ({
      sidecars: {
        proxy: { image: variable.stringValue, environment: asMap(variable), secrets: asMap(variable) },
      },
    }));
    const text = only(resources, "aws_ecs_task_definition").container_definitions as string;
    expect(text).toContain("for name, value in var.given : { name = name");
    expect(executionPolicy(resources)).toContain("for arn in values(var.given)");
    expect(executionPolicy(resources)).toContain("distinct(flatten(");
  });

  test("names of environment variables are checked at plan, with the names that are none of a secret", () => {
    const resources = withToken((variable) => ({
      environment: asMap(variable),
      plainEnvironmentNames: ["MAX_TOKEN"],
    }));
    const text = JSON.stringify(resources);
    expect(text).toContain("environment has the name of a secret;");
    expect(text).toContain('contains([\\"MAX_TOKEN\\"], name)');
  });

  test.each([
    ["names", (variable: TerraformVariable) => ({ names: asMap(variable) })],
    ["logDriver", (variable: TerraformVariable) => ({ logDriver: variable.stringValue as "awslogs" })],
    [
      "containerDependsOn",
      (variable: TerraformVariable) => ({ containerDependsOn: asMap(variable) as never }),
    ],
    ["sidecars", (variable: TerraformVariable) => ({ sidecars: asMap(variable) as never })],
    [
      "grants.a.access",
      (variable: TerraformVariable) => ({
        grants: { a: { access: variable.stringValue as "read-secret", arn: secret } },
      }),
    ],
  ])("refuses a token in %s", (prop, props) => {
    const made = () => withToken(props);
    expect(made).toThrow(expect.objectContaining({ name: "ValidationError" }));
    expect(made).toThrow(new RegExp(`^${prop} is a .*; .*give a`));
  });
});

describe("ebsVolume", () => {
  const ebsVolume = { containerPath: "/data", sizeGib: 500 };
  const existingInfrastructureRole = { arn: "arn:aws:iam::123456789012:role/acme-volumes" };

  test("is configured at launch, mounted, and managed with a role that ECS assumes", () => {
    let made: Task;
    const resources = synthesize((stack) => {
      made = new Task(stack, "auth", {
        ...required,
        ebsVolume,
        roles: { namePrefix: "acme-", path: "/app/" },
      });
    });
    expect(only(resources, "aws_ecs_task_definition").volume).toEqual([
      { name: "scratch" },
      { name: "ebs", configure_at_launch: true },
    ]);
    expect(containerOf(resources).mountPoints).toContainEqual({
      containerPath: "/data",
      readOnly: false,
      sourceVolume: "ebs",
    });
    const role = Object.values(resources.aws_iam_role!).find(({ name }) => name === "acme-auth-volumes");
    expect(role).toMatchObject({
      path: "/app/",
      assume_role_policy: expect.stringContaining('"ecs.amazonaws.com"'),
    });
    expect(only(resources, "aws_iam_role_policy_attachment").policy_arn).toMatch(
      /:policy\/service-role\/AmazonECSInfrastructureRolePolicyForVolumes$/,
    );
    expect(made!.route.ebsVolume).toEqual({
      name: "ebs",
      infrastructureRoleArn: made!.infrastructureRoleArn,
      sizeGib: 500,
      volumeType: "gp3",
      encrypted: true,
      fileSystemType: "xfs",
    });
  });

  test("is managed with an existing role, to which nothing is attached", () => {
    let made: Task;
    const resources = synthesize((stack) => {
      made = new Task(stack, "auth", { ...required, ebsVolume, existingInfrastructureRole });
    });
    expect(resources.aws_iam_role_policy_attachment).toBeUndefined();
    expect(made!.route.ebsVolume?.infrastructureRoleArn).toBe(existingInfrastructureRole.arn);
  });

  test("roles are settings of the infrastructure role when the other roles exist", () => {
    const existing = { arn: "arn:aws:iam::123456789012:role/acme" };
    const resources = task({
      ebsVolume,
      existingExecutionRole: existing,
      existingTaskRole: existing,
      roles: { path: "/app/" },
    });
    expect(only(resources, "aws_iam_role").path).toBe("/app/");
  });

  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  const bad = (more: object): Partial<TaskProps> => ({ ebsVolume: { ...ebsVolume, ...more } });
  test.each<[string, Partial<TaskProps>]>([
    [
      'ebsVolume.containerPath is "data"; it takes an absolute path below the root',
      bad({ containerPath: "data" }),
    ],
    ['mounts, ebsVolume and scratchPath have "/tmp", "/tmp"; each path', bad({ containerPath: "/tmp" })],
    ['ebsVolume.volumeType is "gp1"; allowed are "gp2", "gp3",', bad({ volumeType: "gp1" })],
    ["ebsVolume has neither sizeGib nor snapshotId;", { ebsVolume: { containerPath: "/data" } }],
    [
      'ebsVolume.sizeGib is 0 with volumeType "gp3"; ECS takes whole numbers: 1 to 16384',
      bad({ sizeGib: 0 }),
    ],
    ['ebsVolume.sizeGib is 16385 with volumeType "gp3";', bad({ sizeGib: 16385 })],
    ['ebsVolume.sizeGib is 1.5 with volumeType "gp3";', bad({ sizeGib: 1.5 })],
    ['ebsVolume.sizeGib is 3 with volumeType "io2";', bad({ sizeGib: 3, volumeType: "io2", iops: 100 })],
    ['ebsVolume.sizeGib is 124 with volumeType "st1";', bad({ sizeGib: 124, volumeType: "st1" })],
    [
      'ebsVolume.sizeGib is 1025 with volumeType "standard";',
      { ...bad({ sizeGib: 1025, volumeType: "standard" }), capacity: "EC2" },
    ],
    [
      'ebsVolume.volumeType is "standard" with capacity "FARGATE"; only EC2 supports magnetic volumes.',
      bad({ volumeType: "standard" }),
    ],
    ['ebsVolume has volumeType "io1" and no iops; io1 and io2 need it.', bad({ volumeType: "io1" })],
    ['ebsVolume.iops is 2999 with volumeType "gp3"; ECS takes whole numbers: 3000 to', bad({ iops: 2999 })],
    ['ebsVolume.iops is 64001 with volumeType "io1";', bad({ volumeType: "io1", iops: 64001 })],
    ['ebsVolume.iops is 3000 with volumeType "gp2";', bad({ volumeType: "gp2", iops: 3000 })],
    [
      'ebsVolume.throughputMibps is 1001 with volumeType "gp3"; ECS takes whole numbers from 125 to 1000',
      bad({ throughputMibps: 1001 }),
    ],
    [
      'ebsVolume.throughputMibps is 125 with volumeType "gp2";',
      bad({ volumeType: "gp2", throughputMibps: 125 }),
    ],
    ['ebsVolume.kmsKeyArn is "alias/ebs"; it takes the ARN of a KMS key', bad({ kmsKeyArn: "alias/ebs" })],
    ["ebsVolume.kmsKeyArn is given with encrypted false;", bad({ kmsKeyArn, encrypted: false })],
    ['ebsVolume.snapshotId is "ami-1"; it takes the ID of a snapshot', bad({ snapshotId: "ami-1" })],
    [
      'ebsVolume.fileSystemType is "ntfs"; allowed are "ext3", "ext4", "xfs".',
      bad({ fileSystemType: "ntfs" }),
    ],
    ['mounts names "ebs" with ebsVolume;', { ebsVolume, mounts: { ebs: mount } }],
    ["existingInfrastructureRole is given without ebsVolume;", { existingInfrastructureRole }],
    [
      'existingInfrastructureRole.arn is "acme"; it takes the ARN of an IAM role',
      { ebsVolume, existingInfrastructureRole: { arn: "acme" } },
    ],
  ])("refuses: %s", (message, props) => {
    expect(() => task(props)).toThrow(message);
  });
});

describe("existing roles and log group", () => {
  const roleArn = (name: string) => `arn:aws:iam::123456789012:role/team/${name}`;
  const existing: Partial<TaskProps> = {
    existingExecutionRole: { arn: roleArn("acme-execution") },
    existingTaskRole: { arn: roleArn("acme-task") },
    existingLogGroup: { name: "/acme/tasks" },
  };
  const policies = {
    read: '{"Version":"2012-10-17","Statement":{"Sid":"A","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}',
  };

  test("the task definition and the launch route have them, and nothing is attached to the roles", () => {
    let made: Task;
    const resources = synthesize((stack) => {
      made = new Task(stack, "auth", {
        ...required,
        ...existing,
        policies,
        mounts: { data: mount },
        readonlyRootFilesystem: false,
        enableExecuteCommand: true,
      });
      made.grantSend("arn:aws:sqs:eu-west-1:123456789012:jobs");
    });
    expect(Object.keys(resources).sort()).toEqual([
      "aws_ecs_task_definition",
      "aws_security_group",
      "aws_vpc_security_group_egress_rule",
    ]);
    const definition = only(resources, "aws_ecs_task_definition");
    expect(definition).toMatchObject({
      execution_role_arn: roleArn("acme-execution"),
      task_role_arn: roleArn("acme-task"),
    });
    expect(containerOf(resources).logConfiguration).toMatchObject({
      options: { "awslogs-group": "/acme/tasks" },
    });
    expect(made!.route).toMatchObject({
      executionRoleArn: roleArn("acme-execution"),
      taskRoleArn: roleArn("acme-task"),
      taskRoleName: "acme-task",
      existingTaskRole: true,
    });
    expect(made!).toMatchObject({ executionRoleName: "acme-execution", logGroupName: "/acme/tasks" });
  });

  test("the outputs say what the roles need, also by methods that grant", () => {
    const stack = new TerraformStack(Testing.app(), "test");
    const made = new Task(stack, "auth", {
      ...required,
      ...existing,
      image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/auth:1",
      policies,
    });
    new TerraformOutput(stack, "execution", { value: made.executionPolicyJson });
    new TerraformOutput(stack, "task", { value: made.taskPolicyJson });
    made.grantSend("arn:aws:sqs:eu-west-1:123456789012:jobs");
    const { output } = JSON.parse(Testing.synth(stack)) as { output: Record<string, { value: string }> };
    expect(statementsOf(output.execution!.value).map(({ Action }) => Action)).toEqual([
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      "ecr:GetAuthorizationToken",
    ]);
    expect(output.execution!.value).toContain(":log-group:/acme/tasks:*");
    expect(output.task!.value).toMatch(/s3:GetObject.*sqs:SendMessage/);
  });

  test("its role is the one that a token names", () => {
    const resources = synthesize((stack) => {
      const role = new IamRole(stack, "role", { assumeRolePolicy: "{}" });
      const made = new Task(stack, "auth", { ...required, existingTaskRole: role });
      new TerraformOutput(stack, "name", { value: made.taskRoleName });
    });
    expect(only(resources, "aws_ecs_task_definition").task_role_arn).toBe("${aws_iam_role.role.arn}");
    expect(Object.keys(resources.aws_iam_role!)).toHaveLength(2);
  });

  test.each<[string, Partial<TaskProps>]>([
    [
      'existingExecutionRole.arn is "acme"; it takes the ARN of an IAM role, such as "arn:aws:iam::123456789012:role/engines-execution".',
      { existingExecutionRole: { arn: "acme" } },
    ],
    [
      'existingTaskRole.arn is "arn:aws:iam::123456789012:policy/a"; it takes the ARN of an IAM role',
      { existingTaskRole: { arn: "arn:aws:iam::123456789012:policy/a" } },
    ],
    [
      'existingLogGroup.name is "a:b"; a log group\'s name has 1 to 512 letters, digits and . _ / # -.',
      { existingLogGroup: { name: "a:b" } },
    ],
    [
      "roles is given with existingExecutionRole and existingTaskRole;",
      { ...existing, roles: { path: "/a/" } },
    ],
    [
      "kmsKeyArn is given with existingLogGroup;",
      { ...existing, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1234" },
    ],
    ["logRetentionDays is 30 with existingLogGroup;", { ...existing, logRetentionDays: 30 }],
    ['names has "aws_iam_role.task["this"]"', { ...existing, names: { "aws_iam_role.task": "acme" } }],
    [
      'grants.a.arn is "arn:aws:s3:::incoming/scans";',
      { ...existing, grants: { a: { access: "read-objects", arn: "arn:aws:s3:::incoming/scans" } } },
    ],
  ])("refuses: %s", (message, props) => {
    expect(() => task(props)).toThrow(message);
  });
});

describe("pullThroughCache", () => {
  const ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const imports = (resources: Resources): unknown[] =>
    statementsOf(executionPolicy(resources)).filter(({ Action }) =>
      [Action].flat().includes("ecr:CreateRepository"),
    );

  test("allows to import images into the named repositories only", () => {
    const image = `${ecr}/docker-hub/library/nginx:1`;
    const sidecars = {
      proxy: { image: `${ecr}/quay/proxy:1` },
      same: { image },
      other: { image: "busybox" },
    };
    const resources = task({ image, pullThroughCache: true, sidecars });
    expect(imports(resources)).toEqual([
      {
        Effect: "Allow",
        Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
        Resource: [
          "arn:TERRAFORM:ecr:eu-west-1:123456789012:repository/docker-hub/library/nginx",
          "arn:TERRAFORM:ecr:eu-west-1:123456789012:repository/quay/proxy",
        ],
      },
    ]);
    expect(imports(task({ image, sidecars }))).toEqual([]);
  });

  test("is refused without an image in ECR", () => {
    expect(() => task({ pullThroughCache: true })).toThrow(
      'pullThroughCache is true, and no image is in ECR (image is "ghcr.io/acme/auth:1"); give the image',
    );
  });
});
