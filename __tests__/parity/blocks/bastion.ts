import { Bastion, type BastionProps } from "../../../src/bastion";
import { block } from "./block";
import { everyName } from "./names";

const place = { vpcId: "vpc-0123456789abcdef0", subnetId: "subnet-0123456789abcdef0" };
const address = "scanner.abcdefghijkl.us-east-1.rds.amazonaws.com";

const everything: BastionProps = {
  ...place,
  name: "all-bastion",
  assignPublicIp: true,
  instanceType: "t3.nano",
  targets: {
    database: { address, securityGroupId: "sg-0123456789abcdef0", port: 6432, localPort: 15432 },
    reader: { address: "10.0.10.7", securityGroupId: "sg-0123456789abcdef1" },
  },
  httpsCidrIpv4: "10.0.0.0/16",
  running: true,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
    path: "/engines/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform", Name: "one name for all" },
};

export const bastion = block<BastionProps>({
  module: "bastion",
  construct: Bastion,
  settings: {
    defaults: {
      ...place,
      name: "plain-bastion",
      targets: { database: { address, securityGroupId: "sg-0123456789abcdef0" } },
    },
    everything,
    named: { ...everything, name: "named-bastion", names: everyName(Bastion, everything) },
    odd: {
      ...place,
      name: "9-_",
      instanceType: "im4gn.large",
      targets: { "a b/c.d": { address: "h", securityGroupId: "sg-0123456789abcdef0", port: 1 } },
      tags: { "a/b": "c+d=e@f" },
    },
  },
});
