import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn, input } from "./call";

interface Input {
  ServiceNamespace?: string;
  ScalableDimension?: string;
  ResourceARN?: string;
}

/**
 * The name of a scalable target is chosen by AWS, so a policy can allow a call by conditions, not by the target's name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
 */
export function applicationAutoScalingPermissions(call: Call): Permission[] | undefined {
  const { ResourceARN, ScalableDimension, ServiceNamespace } = input<Input>(call);
  const action = `application-autoscaling:${call.action}`;
  if (ResourceARN) return [{ action, resource: ResourceARN }];
  if (call.action.startsWith("Describe")) return undefined;
  return [
    {
      action,
      resource: arn(call, "application-autoscaling", "scalable-target/*"),
      context: {
        ...(ServiceNamespace ? { "application-autoscaling:service-namespace": ServiceNamespace } : {}),
        ...(ScalableDimension ? { "application-autoscaling:scalable-dimension": ScalableDimension } : {}),
      },
    },
  ];
}
