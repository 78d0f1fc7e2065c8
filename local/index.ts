export { type Clock, RealClock, VirtualClock } from "./clock";
export { createLocalAws, type InProcessOptions, type LocalAwsInProcess } from "./create-local-aws";
export type { Fault, FaultKind } from "./faults";
export { type LocalAws, type LocalAwsOptions, startLocalAws } from "./start-local-aws";
