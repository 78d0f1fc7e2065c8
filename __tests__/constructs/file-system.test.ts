import { EfsReplicationConfiguration } from "@cdktf/provider-aws/lib/efs-replication-configuration";
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
  // What only Terraform will know stands in the text as an expression.
  const known = text.replace(
    /\$\{trimprefix\(trimsuffix\(jsonencode\(([\w.-]+)\), "\\""\), "\\""\)\}/g,
    "$1",
  );
  return (JSON.parse(known) as { Statement: Statement[] }).Statement;
};

test("nobody is allowed but the tasks granted, each by its own role, over its own access points", () => {
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

test("no TLS and no access point are refused to all", () => {
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

test("a reader may not write", () => {
  const resources = fileSystem({}, (files) => files.grantMount(pdf, ["archive"], { readOnly: true }));
  expect(statements(resources).at(-1)?.Action).toEqual(["elasticfilesystem:ClientMount"]);
});

test("what a task mounts is there only after the mount targets, and they after the policy", () => {
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

test.each<[Partial<FileSystemProps>, string]>([
  [{ name: "a b" }, 'name is "a b"; a file system\'s name here has 1 to 64 letters'],
  [{ subnetIds: {} }, "subnetIds is empty"],
  [{ accessPoints: {} }, "accessPoints is empty"],
  [{ accessPoints: { "a b": {} } }, 'accessPoints names "a b"'],
  [
    { accessPoints: { work: { uid: 0 } } },
    "accessPoints.work.uid is 0; it takes 1 to 4294967295 (0 is root).",
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
    'clients.pdf names access points that are not there: "wrok"; accessPoints has "archive", "work".',
  ],
  [{ clients: { pdf: { ...pdf, accessPoints: [] } } }, "clients.pdf.accessPoints is empty"],
])("refuses %j with the value found, the values allowed and the construct's path", (more, message) => {
  expect(() => fileSystem(more)).toThrow(message);
  expect(() => fileSystem(more)).toThrow("(at test/files)");
});

test("refuses an access point that is not there, and a task twice", () => {
  expect(() => fileSystem({}, (files) => files.mount("wrok", "/work"))).toThrow(
    'mount("wrok") names access points',
  );
  expect(() =>
    fileSystem({}, (files) => {
      files.grantMount(pdf, ["work"]);
      files.grantMount(pdf, ["archive"], { name: "pdf-archive" });
    }),
  ).toThrow('clients names the task of "pdf-archive" twice; "pdf" is there.');
});
