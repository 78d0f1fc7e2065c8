import type { Launched, NoLaunch } from "../launch/result";
import type { WaitedLaunch } from "./wait-for-target";

/** The result of one event. */
export type Result = Launched | WaitedLaunch | NoLaunch;
