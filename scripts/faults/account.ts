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
  /** Its environment as it is deployed. */
  environment: Record<string, string>;
  timeoutMs: number;
  requestId: string;
  invokedArn: string;
  /** JSON text. */
  event: string;
  /** X-Ray's trace header, by which Lambda finds recursive loops. */
  trace: string | undefined;
};

/** What came of it: JSON of what the function returned, or of the error that it raised. */
export type Answer = { payload: string; failed: boolean };

/** Runs the functions of one account. */
export type Runtime = {
  run(attempt: Attempt): Promise<Answer>;
  /** Lets time pass on the clock while a function is at work. */
  letTimePass(clock: VirtualClock): Promise<void>;
  /** Ends what runs functions. */
  stop(): Promise<void>;
  /** What the functions have written to their logs. Whole after `stop`. */
  lines: string[];
};

export type AccountOptions = {
  /** @param account whose functions it runs */
  createRuntime: (account: Pick<Account, "core" | "clock" | "listen">) => Promise<Runtime> | Runtime;
  timings?: Partial<TaskTimings>;
  /** What the container of a task does that starts so many milliseconds after the account was made. */
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
  /** Lets so much time pass, and more until no function is at work. */
  pass(ms: number): Promise<void>;
  /** Every task that was ever launched, oldest first. */
  tasks(): Task[];
  /** How often an action was called, throttled calls included. */
  calls(action: string): number;
  /** Every attempt to run a function that has ended. */
  attempts: (Attempt & Answer)[];
  /** What AWS counts by itself. */
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

/** An account of local AWS on a virtual clock, with EventBridge, Lambda and SQS, in which somebody else runs the functions. */
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
  let atWork = 0;

  const executor: Executor = {
    async run({ name, environment, timeoutSeconds }, { requestId, event, invokedArn, trace }) {
      const timeoutMs = timeoutSeconds * 1000;
      const attempt = { functionName: name, environment, timeoutMs, requestId, invokedArn, event, trace };
      atWork++;
      try {
        const answer = await runtime.run(attempt);
        attempts.push({ ...attempt, ...answer });
        return { ...answer, logTail: "" };
      } finally {
        atWork--;
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
    // ECS shows a task for an hour after its end; what came of it is wanted later than that.
    onTaskEvent: ({ detail: { taskArn } }) => {
      const task = core.ecs.tasks(caller).find(({ arn }) => arn === taskArn);
      if (task) tasks.set(task.arn, task);
    },
    crash: async () => {},
    log: () => {},
  });
  const server = new LocalServer({ core, clock, faults, log: () => {} });
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
      // What an event or a message has set off begins before time moves.
      for (let turns = 0; turns < 20; turns++) await turn();
      for (;;) {
        const left = end - clock.now().getTime();
        if (atWork > 0) await runtime.letTimePass(clock);
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
