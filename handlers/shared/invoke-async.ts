import { type Connection, createSignedRequests, toServiceUrl } from "./signed-requests";

/** Invokes a function asynchronously. @throws Error when Lambda did not accept the event */
export type InvokeAsync = (functionName: string, event: string) => Promise<void>;

export const createInvokeAsync = (connection: Connection): InvokeAsync => {
  const send = createSignedRequests("lambda", connection);
  return async (functionName, event) => {
    const url = new URL(
      `/2015-03-31/functions/${functionName}/invocations`,
      toServiceUrl("lambda", connection),
    );
    const { status, text } = await send({
      method: "POST",
      url,
      headers: { "x-amz-invocation-type": "Event" },
      body: event,
    });
    if (status >= 300) throw new Error(`${functionName}: Lambda answered ${status}: ${text.slice(0, 500)}`);
  };
};
