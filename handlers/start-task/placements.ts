import type { RunTaskCommandInput } from "@aws-sdk/client-ecs";
import type { Target } from "./route";

/** Where a task is to run. */
export type Placement = Pick<
  RunTaskCommandInput,
  "launchType" | "capacityProviderStrategy" | "networkConfiguration"
>;

/**
 * Where a task may run, in the order in which it is tried when capacity is lacking: spare capacity first where the
 * route wants it, then any subnet, then each subnet by itself, because Fargate picks one and gives up with it.
 */
export const placementsOf = ({ route, overrides }: Target): readonly [Placement, ...Placement[]] => {
  const { networkMode = "awsvpc", capacity = "FARGATE" } = route;
  const within = (subnets: string[]): Placement =>
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
  const all = overrides.subnets ?? route.subnets;
  if (capacity === "EC2") return [{ launchType: "EC2", ...within(all) }];

  const onDemand = (subnets: string[]): Placement => ({ launchType: "FARGATE", ...within(subnets) });
  const oneByOne = all.length > 1 ? all.map((subnet) => onDemand([subnet])) : [];
  if (capacity === "FARGATE") return [onDemand(all), ...oneByOne];
  const spot = {
    capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
    ...within(all),
  };
  return [spot, onDemand(all), ...oneByOne];
};
