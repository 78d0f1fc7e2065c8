import type { ServiceEvent } from "../../events/service-event";
import type { Deployment } from "./deployment";
import type { EcsService } from "./service";

export type ActionName =
  | "SERVICE_STEADY_STATE"
  | "SERVICE_TASK_PLACEMENT_FAILURE"
  | "SERVICE_TASK_START_IMPAIRED";

const TYPES: Record<ActionName, "INFO" | "WARN" | "ERROR"> = {
  SERVICE_STEADY_STATE: "INFO",
  SERVICE_TASK_PLACEMENT_FAILURE: "ERROR",
  SERVICE_TASK_START_IMPAIRED: "WARN",
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html */
export function serviceAction(
  { arn, cluster }: EcsService,
  eventName: ActionName,
  now: Date,
  more: object = {},
): ServiceEvent {
  return {
    source: "aws.ecs",
    "detail-type": "ECS Service Action",
    resources: [arn],
    detail: {
      eventType: TYPES[eventName],
      eventName,
      clusterArn: cluster.clusterArn,
      createdAt: now.toISOString(),
      ...more,
    },
  };
}

const DEPLOYMENT_EVENTS = {
  IN_PROGRESS: { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_IN_PROGRESS" },
  COMPLETED: { eventType: "INFO", eventName: "SERVICE_DEPLOYMENT_COMPLETED" },
  FAILED: { eventType: "ERROR", eventName: "SERVICE_DEPLOYMENT_FAILED" },
};

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html */
export function deploymentStateChange({ arn }: EcsService, deployment: Deployment): ServiceEvent {
  return {
    source: "aws.ecs",
    "detail-type": "ECS Deployment State Change",
    resources: [arn],
    detail: {
      ...DEPLOYMENT_EVENTS[deployment.rolloutState],
      deploymentId: deployment.id,
      updatedAt: deployment.updatedAt.toISOString(),
      reason: deployment.rolloutStateReason,
    },
  };
}
