import { type Clock, VirtualClock } from "./clock";
import { Core } from "./core";
import type { TaskStateChange } from "./ecs";
import type { CallCounts } from "./ecs/quotas";
import type { Task } from "./ecs/task";
import { type ContainerRun, type Script, ScriptedRunner } from "./ecs/task-runner";
import type { TaskTimings } from "./ecs/types";
import { type Fault, Faults } from "./faults";
import { NO_ROLES } from "./iam/authorization";
import { InMemory } from "./in-memory";
import type { Failure } from "./load-balancing/target";
import { type CallerOptions, InProcessRequestHandler } from "./request-handler";
import { Accounts, type Caller, DEFAULT_ACCOUNT } from "./routing";
import { DEFAULT_TIMINGS } from "./task-timings";

export interface InProcessOptions<C extends Clock = VirtualClock> {
  /** default: a VirtualClock */
  clock?: C;
  /** A fault script; `LocalAwsInProcess.faults.set` replaces it later. */
  faults?: Fault[];
  /** For faults with a probability, 0 ≤ number < 1; default Math.random. Pass a seeded one for repeatable runs. */
  random?: () => number;
  /** Milliseconds that a task stays in each state. */
  taskTimings?: Partial<TaskTimings>;
  /** What a container does; default: it runs for one second and exits with 0. */
  containers?: (run: ContainerRun) => Script;
  /** Whether a registered target is well, asked at every health check; default: it always is. */
  targetHealth?: (target: { targetGroupArn: string; id: string; port: number }) => boolean;
  /** Told of every state-change event of a task as it happens; `taskEvents` collects them in any case. */
  onTaskEvent?: (event: TaskStateChange) => void;
  /** Names of target groups that no listener forwards to; default: a listener forwards to every one. */
  unusedTargetGroups?: string[];
  /** Whether calls of ECS are limited to AWS's rates (by the clock); default true. */
  throttled?: boolean;
  /**
   * Whether a client token is used up by an answer that placed nothing and holds only `failures`; default false.
   * AWS does not say which it is: code that launches tasks has to work with either.
   */
  failuresUseUpTokens?: boolean;
  /** Region that `environment` and `tasks` are about, default eu-west-1. */
  region?: string;
}

/** An emulated account inside the test's own process. */
export interface LocalAwsInProcess<C extends Clock = VirtualClock> {
  clock: C;
  faults: Faults;
  /** What an SDK client needs beside its request handler. */
  clientConfig: {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** A new one stands for a new caller: what a crash ends is the caller, not local AWS. */
  requestHandler(options?: CallerOptions): InProcessRequestHandler;
  /** Every task that was launched and is still visible, oldest first. */
  tasks(): Task[];
  /** How often each action of ECS was called so far, and how many of these calls were throttled. */
  ecsCalls(): CallCounts;
  /** The state-change events that the tasks gave off so far, in order. */
  taskEvents: TaskStateChange[];
}

const ENDPOINT = "http://127.0.0.1:4566";
const UNWELL: Failure = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };

/** ECS tasks, targets and their health, SQS and S3 objects without sockets and processes, for tests of code that uses SDK clients. */
export function createLocalAws<C extends Clock = VirtualClock>(
  options: InProcessOptions<C> = {},
): LocalAwsInProcess<C> {
  const {
    region = "eu-west-1",
    containers = () => ({ durationMs: 1000 }),
    targetHealth = () => true,
  } = options;
  const clock = options.clock ?? (new VirtualClock() as unknown as C);
  const faults = new Faults(clock, options.random);
  faults.set(options.faults ?? []);
  const taskEvents: TaskStateChange[] = [];
  const core = new Core({
    clock,
    faults,
    upstream: new InMemory(options.unusedTargetGroups ?? []),
    endpoint: () => ENDPOINT,
    runner: new ScriptedRunner(clock, containers),
    timings: { ...DEFAULT_TIMINGS, ...options.taskTimings },
    throttled: options.throttled ?? true,
    failuresUseUpTokens: options.failuresUseUpTokens ?? false,
    executor: { run: () => Promise.reject(new Error("Local AWS in process runs no functions.")) },
    healthCheck: async ({ arn }, { id, port }) =>
      targetHealth({ targetGroupArn: arn, id, port }) ? undefined : UNWELL,
    accounts: new Accounts(),
    authorization: NO_ROLES,
    credentials: { ofRole: async () => ({}) },
    onTaskEvent: (event) => {
      taskEvents.push(event);
      options.onTaskEvent?.(event);
    },
    crash: async () => {},
    log: () => {},
  });
  const caller: Caller = { account: DEFAULT_ACCOUNT, region };
  return {
    clock,
    faults,
    clientConfig: {
      region,
      endpoint: ENDPOINT,
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    requestHandler: (of) => new InProcessRequestHandler(core, of),
    tasks: () => core.ecs.tasks(caller),
    ecsCalls: () => core.ecs.calls(caller),
    taskEvents,
  };
}
