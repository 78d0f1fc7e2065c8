import type { RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { ResolvedLaunch } from "./launch";
import type { Route } from "./route";

/** Capacity and network of a task. */
export type Placement = Pick<
  RunTaskCommandInput,
  "launchType" | "capacityProviderStrategy" | "networkConfiguration"
>;

/** Where a task runs, as RunTask takes it: by a launch type, by a capacity provider, or as the cluster's default says. */
const toCapacity = (capacity: string): Placement => {
  switch (capacity) {
    case "FARGATE":
    case "EC2":
      return { launchType: capacity };
    case "CLUSTER_DEFAULT":
      return {};
    default:
      // With a launch type ECS would not scale the capacity provider.
      return { capacityProviderStrategy: [{ capacityProvider: capacity, weight: 1 }] };
  }
};

/**
 * Whether a task of the launch route may wait for its container instance: ECS keeps a task in PROVISIONING while managed
 * scaling adds an instance.
 */
export const mayWaitForInstance = ({ capacity = "FARGATE" }: Route): boolean =>
  !["FARGATE", "FARGATE_SPOT", "EC2"].includes(capacity);

/**
 * The placements to try, one after the other, while capacity is missing: Fargate Spot if the launch route has it, then
 * all subnets together, then each subnet alone, because Fargate tries only one of the given subnets.
 */
export const listPlacements = ({
  route,
  overrides,
}: ResolvedLaunch): readonly [Placement, ...Placement[]] => {
  const { networkMode = "awsvpc", capacity = "FARGATE" } = route;
  const inSubnets = (subnets: string[]): Placement =>
    networkMode === "awsvpc"
      ? {
          networkConfiguration: {
            awsvpcConfiguration: {
              subnets,
              securityGroups: overrides.securityGroups ?? route.securityGroups,
              assignPublicIp: route.assignPublicIp ? "ENABLED" : "DISABLED",
            },
          },
        }
      : {};
  const allSubnets = overrides.subnets ?? route.subnets;
  const first = { ...toCapacity(capacity), ...inSubnets(allSubnets) };
  if (capacity !== "FARGATE" && capacity !== "FARGATE_SPOT") return [first];

  const onDemand = (subnets: string[]): Placement => ({ ...toCapacity("FARGATE"), ...inSubnets(subnets) });
  const oneByOne = allSubnets.length > 1 ? allSubnets.map((subnet) => onDemand([subnet])) : [];
  return capacity === "FARGATE" ? [first, ...oneByOne] : [first, onDemand(allSubnets), ...oneByOne];
};
