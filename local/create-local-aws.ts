import { type Clock, VirtualClock } from "./clock";
import { Core } from "./core";
import type { TaskStateChange } from "./ecs";
import type { CallCounts } from "./ecs/quotas";
import type { Task } from "./ecs/task";
import { type ContainerRun, type Script, ScriptedRunner } from "./ecs/task-runner";
import type { TaskTimings } from "./ecs/types";
import type { ServiceEvent } from "./events/service-event";
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
  /** The fault script. `LocalAwsInProcess.faults.set` replaces it. */
  faults?: Fault[];
  /** Random numbers from 0 to below 1 for faults with a probability; default Math.random. Pass a seeded one for repeatable runs. */
  random?: () => number;
  /** Milliseconds that a task stays in each state. */
  taskTimings?: Partial<TaskTimings>;
  /** What a container does. Default: it runs for one second and exits with 0. */
  containers?: (run: ContainerRun) => Script;
  /** Whether a registered target is healthy; called at every health check. Default: always. */
  targetHealth?: (target: { targetGroupArn: string; id: string; port: number }) => boolean;
  /** Called with each state-change event of a task. `taskEvents` collects the events in any case. */
  onTaskEvent?: (event: TaskStateChange) => void;
  /** Called with each event of ECS services, their deployments and alarms. */
  onServiceEvent?: (event: ServiceEvent) => void;
  /** Names of target groups that no listener forwards to. Default: a listener forwards to every group. */
  unusedTargetGroups?: string[];
  /** Whether ECS calls are throttled at AWS's rates (by the clock); default true. */
  throttled?: boolean;
  /**
   * Whether a response that holds only `failures` uses up the client token; default false. AWS does not document it, so
   * code that launches tasks must work with either.
   */
  failuresUseUpTokens?: boolean;
  /** Region of `clientConfig`, `tasks` and `ecsCalls`; default eu-west-1. */
  region?: string;
}

/** An emulated account inside the test's own process. */
export interface LocalAwsInProcess<C extends Clock = VirtualClock> {
  clock: C;
  faults: Faults;
  /** Options of an SDK client, without its request handler. */
  clientConfig: {
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** A request handler for one caller. A fault of kind `crash` ends that caller only. */
  requestHandler(options?: CallerOptions): InProcessRequestHandler;
  /** Every launched task that ECS still shows, oldest first. */
  tasks(): Task[];
  /** Number of calls and of throttled calls for each ECS action. */
  ecsCalls(): CallCounts;
  /** The state-change events of all tasks so far, in order. */
  taskEvents: TaskStateChange[];
}

const ENDPOINT = "http://127.0.0.1:4566";
const UNHEALTHY: Failure = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };

/** ECS tasks, targets and their health, SQS and S3 objects in this process, for tests of code that uses SDK clients. */
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
      targetHealth({ targetGroupArn: arn, id, port }) ? undefined : UNHEALTHY,
    accounts: new Accounts(),
    authorization: NO_ROLES,
    credentials: { assumeRole: async () => ({}) },
    onTaskEvent: (event) => {
      taskEvents.push(event);
      options.onTaskEvent?.(event);
    },
    onServiceEvent: options.onServiceEvent,
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
