import { setImmediate as turn } from "node:timers/promises";
import { VirtualClock } from "../../local/clock";
import { Core } from "../../local/core";
import type { Task } from "../../local/ecs/task";
import { type Script, ScriptedRunner } from "../../local/ecs/task-runner";
import type { TaskTimings } from "../../local/ecs/types";
import { Faults } from "../../local/faults";
import type { HttpRequest, HttpResponse } from "../../local/http";
import { NO_ROLES } from "../../local/iam/authorization";
import type { Executor } from "../../local/lambda/types";
import type { MetricCounts } from "../../local/metrics";
import { InProcessRequestHandler } from "../../local/request-handler";
import { Accounts, DEFAULT_ACCOUNT, identify } from "../../local/routing";
import { LocalServer } from "../../local/server";
import { DEFAULT_TIMINGS } from "../../local/task-timings";
import { ControlPlane } from "./control-plane";

export const region = "eu-west-1";
export const accountId = DEFAULT_ACCOUNT;
const caller = { account: DEFAULT_ACCOUNT, region };

/** One attempt to run a function. */
export type Attempt = {
  functionName: string;
  /** The deployed environment. */
  environment: Record<string, string>;
  timeoutMs: number;
  requestId: string;
  invokedArn: string;
  /** JSON text. */
  event: string;
  /** X-Ray trace header, by which Lambda detects recursive loops. */
  trace: string | undefined;
};

/** The result of an attempt: JSON of the return value or of the error. */
export type Answer = { payload: string; failed: boolean };

/** Runs the functions of one account. */
export type Runtime = {
  run(attempt: Attempt): Promise<Answer>;
  /** Advances the clock while a function runs. */
  advanceTime(clock: VirtualClock): Promise<void>;
  /** Stops the functions. */
  stop(): Promise<void>;
  /** The log lines of the functions. Complete after `stop`. */
  lines: string[];
};

export type AccountOptions = {
  /** @param account the account whose functions it runs */
  createRuntime: (account: Pick<Account, "core" | "clock" | "listen">) => Promise<Runtime> | Runtime;
  timings?: Partial<TaskTimings>;
  /** The script of a container. `sinceMs` is the time from the creation of the account to the container's start. */
  container: (sinceMs: number) => Script;
};

export type Account = {
  core: Core;
  clock: VirtualClock;
  faults: Faults;
  /** For SDK clients in this process. */
  config: ReturnType<typeof clientConfig>;
  /** Serves the account over HTTP. Resolves to the endpoint. */
  listen(): Promise<string>;
  /** Advances the clock by this time, and further until no function runs. */
  pass(ms: number): Promise<void>;
  /** Every task that was launched, oldest first. */
  tasks(): Task[];
  /** The number of calls of an action, throttled calls included. */
  calls(action: string): number;
  /** The finished attempts to run a function. */
  attempts: (Attempt & Answer)[];
  /** The metrics of AWS itself. */
  metrics(): MetricCounts;
  runtime: Runtime;
  close(): Promise<void>;
};

class CountingCore extends Core {
  readonly counts = new Map<string, number>();
  private readonly callers = new Accounts();

  override handle(request: HttpRequest): Promise<HttpResponse> {
    const { action } = identify(request, this.callers);
    this.counts.set(action, (this.counts.get(action) ?? 0) + 1);
    return super.handle(request);
  }
}

const clientConfig = (core: Core) => ({
  region,
  endpoint: "http://127.0.0.1:4566",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  requestHandler: new InProcessRequestHandler(core),
});

const hourMs = 3_600_000;

/** Creates an account of local AWS with a virtual clock, EventBridge, Lambda and SQS. The given runtime runs its functions. */
export const createAccount = async ({
  createRuntime,
  timings,
  container,
}: AccountOptions): Promise<Account> => {
  const clock = new VirtualClock(new Date());
  const began = clock.now().getTime();
  const faults = new Faults(clock);
  const tasks = new Map<string, Task>();
  const attempts: (Attempt & Answer)[] = [];
  let endpoint = "http://127.0.0.1:4566";
  let running = 0;

  const executor: Executor = {
    async run({ name, environment, timeoutSeconds }, { requestId, event, invokedArn, trace }) {
      const timeoutMs = timeoutSeconds * 1000;
      const attempt = { functionName: name, environment, timeoutMs, requestId, invokedArn, event, trace };
      running++;
      try {
        const answer = await runtime.run(attempt);
        attempts.push({ ...attempt, ...answer });
        return { ...answer, logTail: "" };
      } finally {
        running--;
      }
    },
  };

  const isUp = (ip: string): boolean =>
    [...tasks.values()].some(
      ({ launch, lastStatus }) => launch.network?.privateIp === ip && lastStatus === "RUNNING",
    );
  const core: CountingCore = new CountingCore({
    clock,
    faults,
    executor,
    upstream: new ControlPlane(),
    endpoint: () => endpoint,
    runner: new ScriptedRunner(clock, () => container(clock.now().getTime() - began)),
    timings: { ...DEFAULT_TIMINGS, ...timings },
    throttled: true,
    failuresUseUpTokens: false,
    healthCheck: async (_group, { id }) =>
      isUp(id) ? undefined : { reason: "Target.Timeout", description: "Request timed out" },
    accounts: new Accounts(),
    authorization: NO_ROLES,
    credentials: { assumeRole: async () => ({}) },
    // ECS shows a task for an hour after its end. The results are collected later.
    onTaskEvent: ({ detail: { taskArn } }) => {
      const task = core.ecs.tasks(caller).find(({ arn }) => arn === taskArn);
      if (task) tasks.set(task.arn, task);
    },
    crash: async () => {},
    log: () => {},
  });
  const server = new LocalServer({ core, clock, faults, region, log: () => {} });
  let listening: Promise<string> | undefined;
  const listen = (): Promise<string> => {
    listening ??= server.listen(0).then((port) => {
      endpoint = `http://127.0.0.1:${port}`;
      return endpoint;
    });
    return listening;
  };
  const runtime = await createRuntime({ core, clock, listen });

  return {
    core,
    clock,
    faults,
    config: clientConfig(core),
    listen,
    runtime,
    attempts,
    tasks: () => [...tasks.values()],
    calls: (action) => core.counts.get(action) ?? 0,
    metrics: () => core.metrics.counted(),
    async pass(ms) {
      const end = clock.now().getTime() + ms;
      // Deliveries that are due begin before time moves.
      for (let turns = 0; turns < 20; turns++) await turn();
      for (;;) {
        const left = end - clock.now().getTime();
        if (running > 0) await runtime.advanceTime(clock);
        else if (left > 0) await clock.advance(Math.min(left, left > 2 * hourMs ? 60_000 : 1_000));
        else return;
      }
    },
    async close() {
      await runtime.stop();
      core.loadBalancing.stop();
      clock.stop();
      if (listening) await server.stop();
    },
  };
};
