import { jsonLines } from "../../../scripts/json-lines";
import { type Form, until } from "./form";

/** Outcomes of tasks, and large events. */
export function outcomes(form: () => Form): void {
  const exitCodes = async (eventId: string) => {
    const tasks = await form().tasksOf(eventId);
    const ended = tasks.filter(({ lastStatus }) => lastStatus === "STOPPED");
    return ended
      .sort((a, b) => Number(a.createdAt) - Number(b.createdAt))
      .map(({ containers }) => containers?.[0]?.exitCode);
  };
  const counted = async (metric: string, service: string) =>
    jsonLines(await form().aws.functionLog()).filter((line) => line[metric] === 1 && line.Service === service)
      .length;

  test("counts a job that exits with 3, and does nothing else by default", async () => {
    const before = await counted("TasksFailed", "auth");
    const event = await form().aws.put({ service: "auth", succeedsAtAttempt: 2 });
    await until(
      () => counted("TasksFailed", "auth"),
      (count) => count === before + 1,
    );
    expect(await exitCodes(event.id)).toEqual([3]);
  });

  test("retries a job that exits with 3 after its backoff when its service is configured so", async () => {
    const event = await form().aws.put({ service: "retrying", succeedsAtAttempt: 2 });
    await until(
      () => exitCodes(event.id),
      (codes) => codes.join() === "3,0",
    );
    await until(
      () => counted("TasksSucceeded", "retrying"),
      (count) => count === 1,
    );
  });

  test("launches a task again after a Spot interruption", async () => {
    const reason = "Your Spot Task was interrupted.";
    const taken = { fault: "ends", afterMs: 0, stopCode: "SpotInterruption", reason, times: 1 } as const;
    await form().under([{ service: "ecs", action: "RunTask", ...taken }], async () => {
      const event = await form().aws.put({ service: "report" });
      await until(
        async () => (await form().tasksOf(event.id)).map(({ stopCode }) => stopCode).sort(),
        (codes) => codes.join() === "EssentialContainerExited,SpotInterruption",
      );
    });
  });

  test("starts the task of an event of 300 KB, and sends a malformed one completely to the DLQ", async () => {
    const text = "x".repeat(300_000);
    const event = await form().aws.put({ service: "report", text });
    expect((await form().taskAt("STOPPED", event.id)).containers?.[0]?.exitCode).toBe(0);

    await form().aws.put({ text });
    const messages = await until(
      () => form().aws.deadLetters(),
      (found) => found.some((message) => message.includes("eventReference")),
    );
    const message = JSON.parse(messages.find((each) => each.includes("eventReference"))!);
    expect(message.responsePayload).toMatchObject({ errorType: "MalformedEvent" });
    expect(message.requestPayload.eventReference.bytes).toBeGreaterThan(300_000);
    await form().aws.takeDeadLetter("eventReference");
  });
}
