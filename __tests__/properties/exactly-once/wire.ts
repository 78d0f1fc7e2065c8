import { AwsError, CallerCrash } from "../../../local/aws-error";
import type { LocalAwsInProcess } from "../../../local/create-local-aws";
import type { InProcessRequestHandler } from "../../../local/request-handler";

type SdkRequest = Parameters<InProcessRequestHandler["handle"]>[0];

type SdkAnswer = Awaited<ReturnType<InProcessRequestHandler["handle"]>>;

export type WireParts = {
  local: LocalAwsInProcess;
  /** Before every call. */
  pause: () => Promise<void> | undefined;
  /** The function has invoked itself, asynchronously. */
  onInvoke: (event: string) => void;
  /** A message is in a queue, or will be there after a delay. */
  onSend: (request: string) => void;
};

const textOf = (body: unknown): string => {
  if (!ArrayBuffer.isView(body)) return String(body);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
};

/**
 * The request handler between a function and local AWS in process. It delays calls, lets faults crash the function, and
 * handles the asynchronous invocation, which local AWS in process does not have.
 */
export const createWire = ({ local, pause, onInvoke, onSend }: WireParts) => {
  const { faults } = local;
  const inner = local.requestHandler();
  let dead = false;
  let end: (error: Error) => void = () => {};
  const ended = new Promise<Error>((resolve) => {
    end = resolve;
  });
  const kill = (error: Error) => {
    dead = true;
    end(error);
  };
  const crash = () => kill(new Error("Runtime exited with error: signal: killed"));
  void inner.crashed.then(crash);

  const invokeItself = async (event: string): Promise<SdkAnswer> => {
    try {
      await faults.apply(faults.take("lambda", "Invoke"), async () => onInvoke(event));
      return { response: { statusCode: 202, headers: {}, body: Buffer.alloc(0) } };
    } catch (error) {
      if (error instanceof AwsError) {
        return { response: { statusCode: error.status, headers: {}, body: Buffer.from(error.message) } };
      }
      if (!(error instanceof CallerCrash)) throw error;
      crash();
      return new Promise<never>(() => {});
    }
  };

  const handle = async (request: SdkRequest): Promise<SdkAnswer> => {
    await pause();
    if (dead) return new Promise<never>(() => {});
    if (request.path.endsWith("/invocations")) return invokeItself(textOf(request.body));
    const response = inner.handle(request);
    if (request.headers["x-amz-target"] === "AmazonSQS.SendMessage") onSend(textOf(request.body));
    return response;
  };

  return {
    requestHandler: {
      metadata: inner.metadata,
      handle,
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
      destroy: () => {},
    },
    /** Resolves with the reason when the function crashes. */
    ended,
    kill,
  };
};
