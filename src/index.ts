export { Bucket, type BucketProps } from "./bucket";
export { Cluster, type ClusterProps } from "./cluster";
export { DeadLetterQueue, type DeadLetterQueueProps, type QueueSender } from "./dead-letter-queue";
export { ValidationError } from "./errors";
export {
  EventDrivenEcs,
  type EventDrivenEcsProps,
  type ExistingNetwork,
  type Service,
} from "./event-driven-ecs";
export { EventRule, type EventRuleProps } from "./event-rule";
export { Handler, type HandlerProps } from "./handler";
export type { LaunchRoute, Overridable } from "./launch-route";
export { Launcher, type LauncherEvent, type LauncherProps } from "./launcher";
export { Network, type NetworkProps } from "./network";
export { type PolicyStatement, policy } from "./policy";
export { Queue, type QueueProps } from "./queue";
export { Task, type TaskProps } from "./task";
export { Twin } from "./twin";
