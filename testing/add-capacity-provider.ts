import {
  CreateCapacityProviderCommand,
  type ECSClient,
  PutClusterCapacityProvidersCommand,
} from "@aws-sdk/client-ecs";
import type { InProcessRequestHandler } from "../local/request-handler";

/** The client and the connection of an account in process. */
interface Account {
  ecs: ECSClient;
  requestHandler(): InProcessRequestHandler;
}

/**
 * Adds the capacity provider `gpu` of an empty EC2 Auto Scaling group to the cluster `engines` of an account in process,
 * beside those of Fargate.
 */
export async function addCapacityProvider(
  { ecs, requestHandler }: Account,
  { isDefault = false, maxSize = 1, minSize = 0, managedScaling = true } = {},
): Promise<void> {
  await requestHandler().handle({
    method: "POST",
    path: "/",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/autoscaling/aws4_request",
    },
    body: `Action=CreateAutoScalingGroup&AutoScalingGroupName=gpu&MinSize=${minSize}&MaxSize=${maxSize}`,
  });
  await ecs.send(
    new CreateCapacityProviderCommand({
      name: "gpu",
      autoScalingGroupProvider: {
        autoScalingGroupArn:
          "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:01234567-89ab-cdef-0123-456789abcdef:autoScalingGroupName/gpu",
        managedScaling: { status: managedScaling ? "ENABLED" : "DISABLED" },
      },
    }),
  );
  await ecs.send(
    new PutClusterCapacityProvidersCommand({
      cluster: "engines",
      capacityProviders: ["FARGATE", "FARGATE_SPOT", "gpu"],
      defaultCapacityProviderStrategy: isDefault ? [{ capacityProvider: "gpu", weight: 1 }] : [],
    }),
  );
}
