import { FileSystem, type FileSystemProps } from "../../../src/file-system";
import { block } from "./block";
import { everyName } from "./names";

const taskRoleArn = (name: string) => `arn:aws:iam::123456789012:role/${name}-task`;

const everything: FileSystemProps = {
  name: "all-files",
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: { "us-east-1b": "subnet-0123456789abcdef1", "us-east-1a": "subnet-0123456789abcdef0" },
  accessPoints: {
    work: { uid: 1001, gid: 1002, path: "/a/b c/d/e", permissions: "2770" },
    archive: {},
  },
  clients: {
    pdf: {
      taskRoleArn: taskRoleArn("pdf"),
      securityGroupId: "sg-0123456789abcdef0",
      accessPoints: ["work", "archive"],
    },
    auth: {
      taskRoleArn: taskRoleArn("auth"),
      securityGroupId: "sg-0123456789abcdef1",
      accessPoints: ["archive"],
      readOnly: true,
    },
  },
  backup: false,
  infrequentAccessAfterDays: 1,
  throughputMode: "provisioned",
  provisionedThroughputMibps: 100,
  performanceMode: "maxIO",
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  tags: { team: "platform", Name: "one name for all" },
};

export const fileSystem = block({
  module: "file-system",
  construct: FileSystem,
  settings: {
    defaults: {
      name: "plain-files",
      vpcId: "vpc-0123456789abcdef0",
      subnetIds: { "us-east-1a": "subnet-0123456789abcdef0" },
      accessPoints: { work: {} },
    },
    everything,
    named: { ...everything, name: "named-files", names: everyName(FileSystem, everything) },
    odd: {
      name: "F_-9",
      vpcId: "vpc-0123456789abcdef0",
      subnetIds: { "a key/with.dots": "subnet-0123456789abcdef0" },
      accessPoints: { "0-_": { uid: 4294967295, gid: 1, permissions: "000" } },
      clients: {
        "a b/c.d": {
          taskRoleArn: taskRoleArn("odd"),
          securityGroupId: "sg-0123456789abcdef0",
          accessPoints: ["0-_"],
        },
      },
      clientSecurityGroupIds: { "x y/z.w": "sg-0123456789abcdef2" },
      infrequentAccessAfterDays: null,
      throughputMode: "bursting",
      tags: { "a/b": "c+d=e@f" },
    },
  },
});
