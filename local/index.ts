export { type Clock, RealClock, VirtualClock } from "./clock";
export { createLocalAws, type InProcessOptions, type LocalAwsInProcess } from "./create-local-aws";
export type { Event } from "./events/event";
export type { ServiceEvent } from "./events/service-event";
export type { Fault, FaultKind } from "./faults";
export { type LocalAws, type LocalAwsOptions, startLocalAws } from "./start-local-aws";
