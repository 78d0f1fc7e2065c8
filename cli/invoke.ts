import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/**
 * Runs a function and waits for its answer.
 * @throws Error with the function's own error
 */
export async function invoke(lambda: LambdaClient, functionName: string, event: unknown): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString("utf8") || "null");
  if (FunctionError === undefined) return answer;
  const { errorType = FunctionError, errorMessage = "" } = answer as {
    errorType?: string;
    errorMessage?: string;
  };
  throw new Error(`${functionName}: ${errorType}: ${errorMessage}`);
}
