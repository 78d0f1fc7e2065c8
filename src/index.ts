export { Bastion, type BastionProps, type BastionTarget } from "./bastion";
export {
  Bucket,
  type BucketProps,
  type BucketReader,
  type BucketWriter,
  type Replication,
  type StorageClass,
} from "./bucket";
export { Cluster, type ClusterProps } from "./cluster";
export { ValidationError } from "./core/errors";
export type { Access, Grant, Grantable, Grantee, GrantOptions } from "./core/grants";
export type { Json } from "./core/json";
export { type PolicyStatement, policy } from "./core/policy";
export type { RoleSettings } from "./core/roles";
export { type Names, Twin } from "./core/twin";
export {
  Database,
  type DatabaseParameter,
  type DatabaseProps,
  type MasterSecret,
  type ReadReplica,
} from "./database";
export { DeadLetterQueue, type DeadLetterQueueProps, type QueueSender } from "./dead-letter-queue";
export { Ecs, type EcsHealthCheck, type EcsProps } from "./ecs";
export {
  type CustomMetric,
  EcsService,
  type EcsServiceProps,
  type EcsServiceRoute,
  type QueueDepth,
  type Scaling,
  type StepScaling,
  type Utilization,
} from "./ecs-service";
export {
  EventDrivenEcs,
  type EventDrivenEcsProps,
  type ExistingNetwork,
  type LayoutSchedule,
  type Service,
} from "./event-driven-ecs";
export { EventRule, type EventRuleProps, type EventTarget } from "./event-rule";
export type { DetailPattern } from "./event-rule/pattern";
export {
  type AccessPoint,
  FileSystem,
  type FileSystemClient,
  type FileSystemProps,
} from "./file-system";
export { Handler, type HandlerProps } from "./handler";
export { Launcher, type LauncherEvent, type LauncherProps, type PolicySelection } from "./launcher";
export type { OnFailure } from "./launcher/on-failure";
export type { Capacity, LaunchRoute, NetworkMode, Overridable, TargetType } from "./launcher/route";
export {
  type LoadBalancedTask,
  LoadBalancer,
  type LoadBalancerProps,
  type Target,
  type TargetGroup,
  type Targets,
} from "./load-balancer";
export type {
  HealthCheck,
  ListenerRule,
  ListenerRuleOptions,
  TargetOptions,
  TargetRoute,
} from "./load-balancer/listener-rule";
export { Monitoring, type MonitoringProps, type WatchedEcsService, type WatchedFunction } from "./monitoring";
export { Network, type NetworkProps } from "./network";
export { Queue, type QueueProps } from "./queue";
export { Registrar, type RegistrarProps, type StopEvent } from "./registrar";
export type { RegistrarRoute } from "./registrar/route";
export { Repository, type RepositoryProps } from "./repository";
export { RestApi, type RestApiProps } from "./rest-api";
export type { RestApiRoute } from "./rest-api/route";
export { Schedule, type ScheduleProps, type ScheduleRoute } from "./schedule";
export {
  type ApiFiles,
  BottleSync,
  type BottleSyncProps,
  type ExternalHashFile,
  type MirrorBucket,
  type WebhookSecret,
} from "./systems/bottle-sync";
export {
  DataScanner,
  type DataScannerProps,
  type ReservedConcurrency,
  type ScanApi,
  type ScanWorkers,
} from "./systems/data-scanner";
export {
  type Engine,
  type EngineSettings,
  EngineStarter,
  type EngineStarterProps,
} from "./systems/engine-starter";
export {
  type FindingSource,
  type MemberAccounts,
  type NotificationQueue,
  type Permission,
  PolicyRunner,
  type PolicyRunnerProps,
} from "./systems/policy-runner";
export {
  type ContainerHealthCheck,
  type DependencyCondition,
  type EgressRule,
  type Sidecar,
  Task,
  type TaskProps,
  type Ulimit,
} from "./task";
export type { Mount } from "./task/mount";
export { Workflow, type WorkflowProps } from "./workflow";
