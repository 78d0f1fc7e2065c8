import assert from "node:assert/strict";

/** Asserts that AWS refuses a call with this error, and returns the error. */
export async function refused(
  call: Promise<unknown>,
  name: string,
  message = /(?:)/,
): Promise<Error & Record<string, unknown>> {
  const error = await call.then(
    (answer) =>
      assert.fail(`AWS did what it should refuse with ${name}: ${JSON.stringify(answer).slice(0, 200)}`),
    (reason: Error & Record<string, unknown>) => reason,
  );
  if (error.name !== name) throw error;
  assert.match(error.message, message);
  return error;
}
