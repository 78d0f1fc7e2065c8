import { messageOf } from "../message-of";
import type { ExecutionStatus } from "./machine";

type Library = typeof import("aws-local-stepfunctions", { with: { "resolution-mode": "import" }});
type LibraryMachine = InstanceType<Library["StateMachine"]>;
type Json = Parameters<LibraryMachine["run"]>[0];
type LogOf<T> = T extends AsyncGenerator<infer Event> ? Event : never;
export type LogEvent = LogOf<ReturnType<LibraryMachine["run"]>["eventLogs"]>;

export interface InterpreterOptions {
  /** JSON text of the Amazon States Language */
  definition: string;
  input: unknown;
  /** The context object, `$$` in paths. */
  context: Record<string, unknown>;
  /** Runs a Task state. The `name` of an error that it throws is the error name of the state. */
  task(resource: string, input: unknown): Promise<unknown>;
  log(event: LogEvent): void;
}

export interface ExecutionResult {
  status: ExecutionStatus;
  output?: unknown;
  error?: string;
  cause?: string;
}

interface State {
  Type?: string;
  Resource?: string;
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  Branches?: Definition[];
  Iterator?: Definition;
  ItemProcessor?: Definition;
}

interface Definition {
  States?: Record<string, State>;
}

// Tasks on AWS have no timeout. The library's default is one minute, and a timer of Node.js has at most 24 days.
const NO_TIMEOUT_S = 2_000_000;

/** Why a definition is invalid; undefined if it is valid. */
export function invalidReason(definition: string): string | undefined {
  try {
    const { StateMachine } = load();
    // The library rejects some ARNs of AWS, such as "arn:aws:states:::lambda:invoke".
    new StateMachine(JSON.parse(definition), { validationOptions: { checkArn: false } });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Runs a state machine in real time. */
export function interpret({ context, definition, input, log, task }: InterpreterOptions): {
  ended: Promise<ExecutionResult>;
  abort(): void;
} {
  const { StateMachine } = load();
  const parsed = JSON.parse(definition) as Definition;
  let abortTasks: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abortTasks = () => reject(new Error("aborted"));
  });
  aborted.catch(() => undefined);
  const handlers = Object.fromEntries(
    tasksIn(parsed).map(([name, state]) => {
      if (!state.TimeoutSecondsPath) state.TimeoutSeconds ??= NO_TIMEOUT_S;
      const handler = async (value: unknown) => Promise.race([task(state.Resource ?? "", value), aborted]);
      return [name, handler as (value: Json) => Promise<Json>];
    }),
  );
  const machine = new StateMachine(parsed as ConstructorParameters<Library["StateMachine"]>[0], {
    validationOptions: { noValidate: true },
  });
  const run = machine.run(input as Json, { context, overrides: { taskResourceLocalHandlers: handlers } });
  const logged = (async () => {
    for await (const event of run.eventLogs) log(event);
  })();
  const ended = run.result
    .then((output): ExecutionResult => ({ status: "SUCCEEDED", output }), failureOf)
    .finally(() => {
      // An execution that timed out must not leave a timer.
      abortTasks();
      return logged;
    });
  return {
    ended,
    abort: () => {
      run.abort();
      abortTasks();
    },
  };
}

function failureOf(error: unknown): ExecutionResult {
  const { name, cause } = error as Error & { cause?: Error };
  if (name === "ExecutionAbortedError") return { status: "ABORTED" };
  if (name === "ExecutionTimeoutError") return { status: "TIMED_OUT", error: "States.Timeout" };
  return { status: "FAILED", error: cause?.name ?? name, cause: messageOf(cause ?? error) };
}

function tasksIn(definition: Definition): [name: string, state: State][] {
  return Object.entries(definition.States ?? {}).flatMap(([name, state]) => {
    const inner = [...(state.Branches ?? []), state.Iterator, state.ItemProcessor];
    const own: [string, State][] = state.Type === "Task" ? [[name, state]] : [];
    return [...own, ...inner.flatMap((part) => (part ? tasksIn(part) : []))];
  });
}

// Loaded on demand: it takes a third of a second.
function load(): Library {
  // The library needs Promise.withResolvers of Node.js 22.
  if (!("withResolvers" in Promise)) Object.assign(Promise, { withResolvers });
  return require("aws-local-stepfunctions") as Library;
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((take, refuse) => {
    resolve = take;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
