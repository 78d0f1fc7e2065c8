import type { Delivery } from "../shared/envelope";
import type { Route } from "./route";

/** What a launch changes in the task definition and the network of its launch route. */
export type Overrides = {
  taskDefinition?: string | undefined;
  subnets?: string[] | undefined;
  securityGroups?: string[] | undefined;
  port?: number | undefined;
  command?: string[] | undefined;
  environment?: Record<string, string> | undefined;
  cpu?: string | undefined;
  memory?: string | undefined;
};

/** What is launched: a service, with its launch route and the overrides of this launch. */
export type ResolvedLaunch = { service: string; route: Route; overrides: Overrides };

/** The event that a task is launched for. */
export type LaunchEvent = {
  id: string;
  /** In ms since 1970, if the event has a valid time. */
  time: number | undefined;
  /** What the container gets, as JSON. */
  payload: string;
};

/** Environment variables with which a container gets its payload: the JSON text, or a reference and the hash of its object. */
export type PayloadVariables = { text: string; reference: string; sha256: string };

export type Launch = {
  event: LaunchEvent;
  resolved: ResolvedLaunch;
  /** Its event is stored in the launch record, and is delivered again when the task is to be retried. */
  delivery: Delivery;
  /** Distinguishes several launches of one event for one service. Absent: there is only one. */
  subKey?: string;
  /** The caller has just seen that there is no launch record. */
  hasNoRecord?: boolean;
};
