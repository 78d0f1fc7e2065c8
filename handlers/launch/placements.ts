import type { RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { ResolvedLaunch } from "./launch";

/** Capacity and network of a task. */
export type Placement = Pick<
  RunTaskCommandInput,
  "launchType" | "capacityProviderStrategy" | "networkConfiguration"
>;

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
  if (capacity === "EC2") return [{ launchType: "EC2", ...inSubnets(allSubnets) }];

  const onDemand = (subnets: string[]): Placement => ({ launchType: "FARGATE", ...inSubnets(subnets) });
  const oneByOne = allSubnets.length > 1 ? allSubnets.map((subnet) => onDemand([subnet])) : [];
  if (capacity === "FARGATE") return [onDemand(allSubnets), ...oneByOne];
  const spot = {
    capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    ...inSubnets(allSubnets),
  };
  return [spot, onDemand(allSubnets), ...oneByOne];
};
