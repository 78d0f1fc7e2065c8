import { Network, type NetworkProps } from "../../../src/network";
import { block } from "./block";
import { everyName } from "./names";

const everything: NetworkProps = {
  name: "all-network",
  cidrBlock: "10.16.0.0/18",
  availabilityZones: ["us-east-1c", "us-east-1a"],
  publicSubnetCidrs: { "us-east-1a": "10.16.0.0/24", "us-east-1c": "10.16.1.0/24" },
  privateSubnetCidrs: { "us-east-1a": "10.16.16.0/20", "us-east-1c": "10.16.32.0/20" },
  nat: "per_az",
  interfaceEndpoints: ["ecr.api", "ecr.dkr", "logs", "sqs"],
  flowLogRetentionDays: 90,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform", "cost-center": "7" },
};

export const network = block({
  module: "network",
  construct: Network,
  settings: {
    defaults: { name: "plain-network", availabilityZones: ["us-east-1a", "us-east-1b"] },
    everything,
    named: { ...everything, name: "named-network", names: everyName(Network, everything) },
    odd: {
      name: "N_-9",
      cidrBlock: "192.168.7.0/24",
      availabilityZones: ["us-east-1f", "us-east-1b"],
      publicSubnetCidrs: { "us-east-1f": "192.168.7.112/28", "us-east-1b": "192.168.7.0/26" },
      nat: "none",
      interfaceEndpoints: ["logs"],
      flowLogRetentionDays: 1,
      // IAM takes fewer characters in tags than the other services.
      tags: { Name: "one name for all", "a b/c:d": "e+f=g@ß" },
    },
  },
});
