export { Bucket, type BucketProps, type BucketWriter } from "./bucket";
export { Cluster, type ClusterProps } from "./cluster";
export { ValidationError } from "./core/errors";
export { type PolicyStatement, policy } from "./core/policy";
export { Twin } from "./core/twin";
export { DeadLetterQueue, type DeadLetterQueueProps, type QueueSender } from "./dead-letter-queue";
export {
  EventDrivenEcs,
  type EventDrivenEcsProps,
  type ExistingNetwork,
  type Service,
} from "./event-driven-ecs";
export { EventRule, type EventRuleProps } from "./event-rule";
export { Handler, type HandlerProps } from "./handler";
export { Launcher, type LauncherEvent, type LauncherProps } from "./launcher";
export type { Capacity, LaunchRoute, NetworkMode, Overridable, TargetType } from "./launcher/route";
export { LoadBalancer, type LoadBalancerProps, type Target, type Targets } from "./load-balancer";
export type { HealthCheck, TargetOptions, TargetRoute } from "./load-balancer/target-route";
export { Network, type NetworkProps } from "./network";
export { Queue, type QueueProps } from "./queue";
export { type EgressRule, Task, type TaskProps } from "./task";
export type { Mount } from "./task/mount";
