import { FUNCTION_ARN, lambdaWorld } from "./lambda-world";

const MB = 1024 * 1024;
/** JSON text of so many bytes. */
const sized = (bytes: number) => JSON.stringify("x".repeat(bytes - 2));
const tooLarge = { code: "RequestTooLargeException", status: 413 };
const byRule = { service: "events.amazonaws.com", sourceArn: "arn:aws:events:eu-west-1:123456789012:rule/r" };

test("accepts an asynchronous event of at most 1 MB", async () => {
  const { clock, invocations, invoke } = await lambdaWorld();
  expect((await invoke("Event", sized(MB))).status).toBe(202);
  await expect(invoke("Event", sized(MB + 1))).rejects.toMatchObject(tooLarge);
  await clock.advance(1);
  expect(invocations).toHaveLength(1);
});

test("accepts a synchronous event of at most 6 MB", async () => {
  const { invoke } = await lambdaWorld();
  expect((await invoke("RequestResponse", sized(6 * MB))).status).toBe(200);
  await expect(invoke("RequestResponse", sized(6 * MB + 1))).rejects.toMatchObject(tooLarge);
});

test("accepts at most 1 MB from an AWS service", async () => {
  const { lambda } = await lambdaWorld();
  await lambda.accept(FUNCTION_ARN, sized(MB), byRule);
  await expect(lambda.accept(FUNCTION_ARN, sized(MB + 1), byRule)).rejects.toMatchObject(tooLarge);
});
