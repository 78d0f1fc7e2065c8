import type { PolicyRunnerProps } from "../../../src/systems/policy-runner";

/** A policy runner whose runs wait in a queue for workers, with what it has besides one that starts tasks. */
export const props: Omit<PolicyRunnerProps, "policiesFolder" | "mappingsFile"> = {
  name: "custodian",
  createNetwork: false,
  existingNetwork: { vpcId: "${aws_vpc.this.id}", subnetIds: ["${aws_subnet.this.id}"] },
  image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/custodian-worker:1",
  mode: "service",
  workers: { min: 0, max: 1 },
  sources: { hub: { preset: "security_hub" } },
  permissions: ["security-group"],
  onFailure: { action: "dead_letter" },
  createMonitoring: false,
};

/** What is there beside the policy runner, as in Terraform's JSON. */
export const resources = {
  aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
  aws_subnet: { this: { vpc_id: "${aws_vpc.this.id}", cidr_block: "10.0.1.0/24" } },
};
