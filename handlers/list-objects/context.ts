import type { Log } from "../shared/log";
import type { EmitMetrics } from "../shared/metrics";

/** What the work of one invocation needs of it. */
export type ListObjectsContext = {
  log: Log;
  emit: EmitMetrics;
  remainingMs: () => number;
  /** Invokes this function asynchronously. */
  invokeSelf: (event: unknown) => Promise<void>;
  /** Whether this invocation has seen that a worker is to run. */
  isAwake: boolean;
};
