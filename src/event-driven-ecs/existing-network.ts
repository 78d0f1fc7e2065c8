import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { sortedValues } from "../core/maps";
import { check, isToken } from "../core/validation";
import type { EventDrivenEcsProps, ExistingNetwork } from "./props";

/** The network of the layout, created or existing. */
export interface LayoutNetwork {
  /** ID of the VPC. */
  readonly vpcId: string;
  /** IDs of the subnets that tasks start in. */
  readonly subnetIds: readonly string[];
  /** Subnets that tasks start in, by zone when the network is created, else by the given key or by index. */
  readonly subnets: Readonly<Record<string, string>>;
  /** IDs of the public subnets of a public load balancer. */
  readonly publicSubnetIds: readonly string[];
  /** Whether a task gets a public IP address. */
  readonly assignPublicIp: boolean;
}

/** @throws ValidationError unless the network has its subnets either by key or in a list. */
export function existing(scope: Construct, network: ExistingNetwork): LayoutNetwork {
  const { subnetIds, subnets } = network;
  const found = subnets === undefined ? "neither subnets nor subnetIds" : "both subnets and subnetIds";
  check(
    scope,
    (subnets === undefined) !== (subnetIds === undefined),
    `existingNetwork has ${found}; give one of them: subnets, a map from zone or another key to the ID of a subnet, or subnetIds, a list.`,
  );
  return {
    assignPublicIp: false,
    publicSubnetIds: [],
    ...network,
    ...(subnets ? byKey(subnets) : byIndex(subnetIds!)),
  };
}

const byKey = (subnets: Readonly<Record<string, string>>) => ({
  subnets,
  subnetIds: isToken(subnets) ? Fn.values(subnets) : sortedValues(subnets),
});

const byIndex = (subnetIds: readonly string[]) => ({
  subnets: Object.fromEntries(subnetIds.map((subnetId, index) => [String(index), subnetId])),
  subnetIds,
});

/** @throws ValidationError when only Terraform knows in which subnets a mount target is needed. */
export function checkMountTargets(
  scope: Construct,
  { existingNetwork, services }: EventDrivenEcsProps,
): void {
  const { subnetIds, subnets } = existingNetwork ?? {};
  const mounting = Object.keys(services).filter((service) => services[service]!.mountPath !== undefined);
  const prop = isToken(subnetIds) ? "subnetIds is a list" : "subnets is a map";
  check(
    scope,
    !isToken(subnetIds) && !isToken(subnets),
    `existingNetwork.${prop} that only Terraform knows, and the mountPath of ${mounting.join(", ")} needs a mount target for each subnet. Give existingNetwork.subnets as a map with literal keys, for instance { "eu-west-1a": Fn.element(subnetIds, 0) }.`,
  );
}
