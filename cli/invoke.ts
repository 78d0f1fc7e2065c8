import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/**
 * Invokes a function and returns its result.
 * @throws Error with the error of the function
 */
export async function invoke(lambda: LambdaClient, functionName: string, event: unknown): Promise<unknown> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const result: unknown = JSON.parse(Buffer.from(Payload ?? []).toString("utf8") || "null");
  if (FunctionError === undefined) return result;
  const { errorType = FunctionError, errorMessage = "" } = result as {
    errorType?: string;
    errorMessage?: string;
  };
  throw new Error(`${functionName}: ${errorType}: ${errorMessage}`);
}
