import { EfsReplicationConfiguration } from "@cdktf/provider-aws/lib/efs-replication-configuration";
import { TerraformVariable } from "cdktf";
import { denialReason, loadEvaluator } from "../../local/iam/evaluate";
import { FileSystem, type FileSystemProps } from "../../src/file-system";
import { only, synthesize } from "./synth";

const props: FileSystemProps = {
  name: "engines",
  vpcId: "vpc-1",
  subnetIds: { "eu-west-1a": "subnet-a", "eu-west-1b": "subnet-b" },
  accessPoints: { work: {}, archive: { uid: 7, gid: 8, path: "/old" } },
};

const pdf = {
  containerName: "pdf",
  taskRoleArn: "arn:aws:iam::123456789012:role/pdf-task",
  securityGroupId: "sg-pdf",
};

const fileSystem = (more: Partial<FileSystemProps> = {}, use: (files: FileSystem) => void = () => {}) =>
  synthesize((stack) => use(new FileSystem(stack, "files", { ...props, ...more })));

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Condition: Record<string, Record<string, unknown>>;
}

const statements = (resources: ReturnType<typeof synthesize>): Statement[] => {
  const text = String(only(resources, "aws_efs_file_system_policy").policy);
  // A value that only Terraform knows is an expression in the text.
  const known = text.replace(
    /\$\{trimprefix\(trimsuffix\(jsonencode\(([\w.-]+)\), "\\""\), "\\""\)\}/g,
    "$1",
  );
  return (JSON.parse(known) as { Statement: Statement[] }).Statement;
};

test("allows only the granted tasks, each with its task role, through its access points", () => {
  const resources = fileSystem({}, (files) => files.grantMount(pdf, ["work"]));
  const allowed = statements(resources).filter(({ Effect }) => Effect === "Allow");
  expect(allowed).toEqual([
    {
      Effect: "Allow",
      Principal: { AWS: pdf.taskRoleArn },
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Resource: expect.stringMatching(/^aws_efs_file_system\./),
      Condition: {
        Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
        StringEquals: { "elasticfilesystem:AccessPointArn": [expect.stringMatching(/access-point-work/)] },
      },
    },
  ]);
  expect(only(resources, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    from_port: 2049,
    to_port: 2049,
    referenced_security_group_id: "sg-pdf",
  });
});

test("denies every mount without TLS or without an access point", () => {
  const denied = statements(fileSystem()).map(({ Effect, Principal, Condition }) => [
    Effect,
    Principal,
    Condition,
  ]);
  expect(denied).toEqual([
    ["Deny", "*", { Bool: { "aws:SecureTransport": "false" } }],
    [
      "Deny",
      "*",
      { StringNotEquals: { "elasticfilesystem:AccessPointArn": [expect.any(String), expect.any(String)] } },
    ],
  ]);
});

describe("as evaluated by IAM, the file system policy", () => {
  const arn = (of: string) => `arn:aws:elasticfilesystem:eu-west-1:123456789012:${of}`;
  const session = "arn:aws:sts::123456789012:assumed-role/pdf-task/1";
  const all = [
    {
      name: "all",
      policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
    },
  ];
  const text = JSON.stringify({
    Statement: statements(fileSystem({}, (files) => files.grantMount(pdf, ["work"], { readOnly: true }))),
  })
    .replace(/aws_efs_access_point\.[\w-]*?access-point-(\w+?)_\w+\.arn/g, (_, point) =>
      arn(`access-point/${point}`),
    )
    .replace(/aws_efs_file_system\.[\w-]+\.arn/g, arn("file-system/fs-1"));

  const ask = async (
    context: { tls?: boolean; accessPoint?: string },
    more: { principal?: string; action?: string; policies?: typeof all } = {},
  ) => {
    const refused = await denialReason(loadEvaluator()!, {
      principal: more.principal ?? session,
      account: "123456789012",
      permission: {
        action: `elasticfilesystem:${more.action ?? "ClientMount"}`,
        resource: arn("file-system/fs-1"),
      },
      context: {
        "aws:SecureTransport": String(context.tls ?? true),
        "elasticfilesystem:AccessedViaMountTarget": "true",
        ...(context.accessPoint && {
          "elasticfilesystem:AccessPointArn": arn(`access-point/${context.accessPoint}`),
        }),
      },
      policies: more.policies ?? [],
      resourcePolicy: { Version: "2012-10-17", ...(JSON.parse(text) as object) },
    });
    return refused ?? "allowed";
  };

  test("allows a client with TLS through its access point", async () => {
    expect(await ask({ accessPoint: "work" })).toBe("allowed");
  });

  test("denies a client another access point, and writes with readOnly", async () => {
    expect(await ask({ accessPoint: "archive" })).toContain("no identity-based policy allows");
    expect(await ask({ accessPoint: "work" }, { action: "ClientWrite" })).toContain(
      "no identity-based policy",
    );
  });

  test("denies a principal with all permissions without TLS or without an access point", async () => {
    expect(await ask({ accessPoint: "work", tls: false }, { policies: all })).toContain("explicit deny");
    expect(await ask({}, { policies: all })).toContain("explicit deny");
    expect(await ask({ accessPoint: "elsewhere" }, { policies: all })).toContain("explicit deny");
  });

  test("allows no other principal", async () => {
    const principal = "arn:aws:sts::111111111111:assumed-role/other/1";
    expect(await ask({ accessPoint: "work" }, { principal, policies: all })).not.toBe("allowed");
    const neighbour = "arn:aws:sts::123456789012:assumed-role/other/1";
    expect(await ask({ accessPoint: "work" }, { principal: neighbour })).not.toBe("allowed");
  });
});

test("a client with readOnly has no permission to write", () => {
  const resources = fileSystem({}, (files) => files.grantMount(pdf, ["archive"], { readOnly: true }));
  expect(statements(resources).at(-1)?.Action).toEqual(["elasticfilesystem:ClientMount"]);
});

test("a mount depends on the mount targets, and they on the policy", () => {
  const resources = fileSystem({}, (files) => {
    const { fileSystemId } = files.mount("work", "/work");
    new EfsReplicationConfiguration(files, "reader", { sourceFileSystemId: fileSystemId, destination: {} });
  });
  const mounted = only(resources, "aws_efs_replication_configuration").source_file_system_id;
  expect(mounted).toMatch(
    /aws_efs_mount_target\.\S+mount-target-eu-west-1a.*aws_efs_mount_target\.\S+mount-target-eu-west-1b/,
  );
  for (const target of Object.values(resources.aws_efs_mount_target!)) {
    expect(target.depends_on).toEqual([expect.stringMatching(/^aws_efs_file_system_policy\./)]);
  }
});

test("Terraform decides whether files move to infrequent access when only it knows after how many days", () => {
  const resources = synthesize((stack) => {
    const days = new TerraformVariable(stack, "days", { type: "number" }).numberValue;
    new FileSystem(stack, "files", { ...props, infrequentAccessAfterDays: days });
  });
  const { lifecycle_policy, dynamic } = only(resources, "aws_efs_file_system");
  expect(lifecycle_policy).toEqual([]);
  expect(dynamic).toMatchObject({
    lifecycle_policy: { for_each: expect.stringMatching(/^\$\{var\.days == 0 \? \[\] :/) },
  });
});

test.each<[Partial<FileSystemProps>, string]>([
  [{ name: "a b" }, 'name is "a b"; a file system\'s name here has 1 to 64 letters'],
  [{ subnetIds: {} }, "subnetIds is empty"],
  [{ accessPoints: {} }, "accessPoints is empty"],
  [{ accessPoints: { "a b": {} } }, 'accessPoints names "a b"'],
  [
    { accessPoints: { work: { uid: 0 } } },
    "accessPoints.work.uid is 0; it takes whole numbers from 1 to 4294967295 (0 is root).",
  ],
  [
    { accessPoints: { work: { path: "/" } } },
    'accessPoints.work.path is "/"; a path is absolute and below the root',
  ],
  [{ accessPoints: { work: { path: "/a/b/c/d/e" } } }, "in at most four levels"],
  [{ accessPoints: { work: { permissions: "0798" } } }, 'accessPoints.work.permissions is "0798"'],
  [{ infrequentAccessAfterDays: 2 }, "infrequentAccessAfterDays is 2; EFS takes 1, 7, 14"],
  [
    { throughputMode: "provisioned" },
    'provisionedThroughputMibps is not given with throughputMode "provisioned"',
  ],
  [{ provisionedThroughputMibps: 10 }, 'provisionedThroughputMibps is 10 with throughputMode "elastic"'],
  [
    { throughputMode: "provisioned", provisionedThroughputMibps: 0 },
    "provisionedThroughputMibps is 0; EFS takes 1 or more.",
  ],
  [{ performanceMode: "maxIO" }, 'elastic throughput takes "generalPurpose" only.'],
  [
    { clients: { pdf: { ...pdf, accessPoints: ["wrok"] } } },
    'clients.pdf has unknown access points: "wrok"; the known ones are "archive", "work".',
  ],
  [{ clients: { pdf: { ...pdf, accessPoints: [] } } }, "clients.pdf.accessPoints is empty"],
])("refuses %j with the value found, the values allowed and the construct's path", (more, message) => {
  expect(() => fileSystem(more)).toThrow(message);
  expect(() => fileSystem(more)).toThrow("(at test/files)");
});

test("refuses an unknown access point, and a task twice", () => {
  expect(() => fileSystem({}, (files) => files.mount("wrok", "/work"))).toThrow(
    'mount("wrok") has unknown access points',
  );
  expect(() =>
    fileSystem({}, (files) => {
      files.grantMount(pdf, ["work"]);
      files.grantMount(pdf, ["archive"], { name: "pdf-archive" });
    }),
  ).toThrow('clients has the task of "pdf-archive" twice, also as "pdf";');
});
