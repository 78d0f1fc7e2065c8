import type { VirtualClock } from "../../../local/clock";
import { destinationRecord } from "../../../local/lambda/destination-record";
import { functionArn } from "../../handlers/start-task/world";

const minute = 60_000;
/** Timeout of a function with a buffer. */
const timeoutMs = 60_000;

/** The Lambda context of an invocation. */
type Context = {
  awsRequestId: string;
  functionName: string;
  invokedFunctionArn: string;
  getRemainingTimeInMillis: () => number;
};

/** An execution environment of a function: it serves one call at a time until it dies. */
export type Environment = {
  handler(event: unknown, context: Context): Promise<unknown>;
  ended: Promise<Error>;
  kill(error: Error): void;
};

/** An error that Lambda reports instead of the function. */
class Died extends Error {
  constructor(
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** Lambda as it calls a function: an environment for every concurrent call, kept until it dies. */
export const createLambda = (
  clock: VirtualClock,
  start: () => Environment,
  /** The on-failure destination. */
  onExhausted: (record: object, event: unknown) => Promise<void>,
) => {
  const idle: Environment[] = [];
  let requests = 0;
  /** Invocations that ended with an error of the function. */
  let thrown = 0;

  const invoke = async (event: unknown, awsRequestId = `request-${++requests}`): Promise<unknown> => {
    const environment = idle.pop() ?? start();
    const until = clock.now().getTime() + timeoutMs;
    const cancel = clock.setTimer(timeoutMs, () =>
      environment.kill(new Error(`Task timed out after ${timeoutMs / 1000}.00 seconds`)),
    );
    const context: Context = {
      awsRequestId,
      functionName: "start-task",
      invokedFunctionArn: functionArn,
      getRemainingTimeInMillis: () => until - clock.now().getTime(),
    };
    const call = environment.handler(event, context).finally(() => idle.push(environment));
    call.catch(() => {
      thrown += 1;
    });
    const death = environment.ended.then((error) => {
      throw new Died("Runtime.ExitError", `RequestId: ${awsRequestId} Error: ${error.message}`);
    });
    try {
      return await Promise.race([call, death]);
    } finally {
      cancel();
    }
  };

  /** An asynchronous invocation: three tries, one and two minutes apart, then the on-failure destination. */
  const deliver = async (event: unknown): Promise<void> => {
    const requestId = `request-${++requests}`;
    let error: unknown;
    for (const wait of [0, minute, 2 * minute]) {
      if (wait > 0) await clock.sleep(wait);
      try {
        await invoke(event, requestId);
        return;
      } catch (thrown) {
        error = thrown;
      }
    }
    const { name, message, stack = "" } = error as Error;
    const errorType = error instanceof Died ? error.type : name;
    const payload = JSON.stringify({ errorType, errorMessage: message, trace: stack.split("\n") });
    const record = destinationRecord(
      { requestId, invokedArn: functionArn, event: JSON.stringify(event) },
      { condition: "RetriesExhausted", attempts: 3, outcome: { failed: true, payload, logTail: "" } },
      clock.now(),
    );
    await onExhausted(record, event);
  };

  return { invoke, deliver, thrown: () => thrown };
};
