import { Cluster, type ClusterProps } from "../../../src/cluster";
import { block } from "./block";
import { everyName } from "./names";

const everything: ClusterProps = {
  name: "all-cluster",
  capacityProviders: ["gpu", "batch_2"],
  containerInsights: "enhanced",
  logRetentionDays: 3653,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  tags: { team: "platform", "cost-center": "7" },
};

export const cluster = block({
  module: "cluster",
  construct: Cluster,
  settings: {
    defaults: { name: "plain-cluster" },
    everything,
    named: { ...everything, name: "named-cluster", names: everyName(Cluster, everything) },
    odd: { name: "C_-9", containerInsights: "disabled", tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" } },
  },
});
