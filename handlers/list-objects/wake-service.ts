import * as v from "valibot";
import type { AwsJsonCall } from "../shared/aws-json-call";
import { TransientError } from "../shared/failures";

const described = v.object({
  services: v.array(v.object({ status: v.optional(v.string()), desiredCount: v.number() })),
});

/**
 * Starts the first worker. The alarm of the queue does it too, but after a long pause up to 15 minutes later.
 * @returns whether the ECS service had no task
 * @throws TransientError when ECS refuses: the workers start later
 */
export const createWakeService =
  (ecs: AwsJsonCall, cluster: string, service: string) => async (): Promise<boolean> => {
    const { services } = v.parse(described, await ecs("DescribeServices", { cluster, services: [service] }));
    const found = services[0];
    if (found === undefined || found.status === "INACTIVE")
      throw new TransientError("ServiceNotFound", `ECS service ${service} of cluster ${cluster}: not found`);
    if (found.desiredCount > 0) return false;
    await ecs("UpdateService", { cluster, service, desiredCount: 1 });
    return true;
  };

export type WakeService = ReturnType<typeof createWakeService>;
