import type { Fault } from "../../../local";
import { type Form, until } from "./form";

const slowNetwork: Fault = {
  service: "ecs",
  action: "RunTask",
  fault: "failsToStart",
  reason: "Timeout waiting for network interface provisioning to complete.",
};

/** Tasks that ECS accepts and cannot start. */
export function failedStarts(form: () => Form): void {
  const attempts = (eventId: string, count: number) =>
    until(
      async () => (await form().tasksOf(eventId)).map(({ stopCode = "" }) => stopCode).sort(),
      (found) => found.length === count && !found.includes(""),
    );
  const reasonsAbout = (text: string) =>
    until(
      async () => (await form().reasons()).filter((reason) => reason.includes(text)),
      (found) => found.length > 0,
    );

  test("launches a task again after a transient reason, until it runs", async () => {
    await form().under([{ ...slowNetwork, times: 2 }], async () => {
      const event = await form().start("report");
      expect(await attempts(event.id, 3)).toEqual([
        "EssentialContainerExited",
        "TaskFailedToStart",
        "TaskFailedToStart",
      ]);
    });
  });

  test("launches a task again twice when the reason stays, then sends the event to the DLQ", async () => {
    await form().under([slowNetwork], async () => {
      const event = await form().start("report");
      const [reason] = await reasonsAbout("network interface");
      expect(reason).toContain("(attempt 3)");
      expect(await attempts(event.id, 3)).toEqual(Array.from({ length: 3 }, () => "TaskFailedToStart"));
    });
  });

  test("sends the event to the DLQ at once when the image cannot be pulled", async () => {
    const event = await form().start("missing");
    expect((await form().taskAt("STOPPED", event.id)).stopCode).toBe("TaskFailedToStart");
    const [reason] = await reasonsAbout("CannotPullContainerError");
    expect(reason).toContain("(attempt 1)");
    expect(await form().tasksOf(event.id)).toHaveLength(1);
  });
}
