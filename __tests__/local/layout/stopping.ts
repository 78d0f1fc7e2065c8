import { addressOf, type Form, until } from "./form";

/** Stop events. Some tasks run already at the beginning. */
export function stopping(form: () => Form): void {
  const running = async (group: string) =>
    (await form().aws.tasks()).filter((task) => task.group === group && task.desiredStatus === "RUNNING");

  test("stops nothing and sends the event to the DLQ when it names an unknown service", async () => {
    const before = await running("route-users");
    expect(before).not.toEqual([]);
    await form().stop({ services: ["users", "billing"] });
    const [reason] = await until(
      () => form().registrarReasons(),
      (reasons) => reasons.length > 0,
    );
    expect(reason).toContain('"billing" unknown; known services: auth, fa, missing, report, retrying, users');
    expect(await running("route-users")).toHaveLength(before.length);
  });

  test("deregisters a task first, and sends SIGTERM after the deregistration delay", async () => {
    const task = await form().serving("users");
    const others = await running("route-fa");
    const seen = new Set<string>();
    await form().stop({ services: ["users"] });
    const last = await until(
      async () => {
        // The task is read before the target: a target that is seen after its task was stopped stayed too long.
        const [now] = await form().tasksOf(task.startedBy!);
        const target = (await form().targetsOf("users")).find((each) => each.startsWith(addressOf(task)));
        seen.add(`${now?.desiredStatus} ${target?.split(" ")[1] ?? "no target"}`);
        return now;
      },
      (now) => now?.lastStatus === "STOPPED",
    );
    expect([...seen]).toEqual(expect.arrayContaining(["RUNNING draining", "STOPPED no target"]));
    expect([...seen].filter((each) => /^STOPPED (?!no target)/.test(each))).toEqual([]);
    // It exited itself: after SIGKILL the code would be 137.
    expect(last?.containers?.[0]?.exitCode).toBe(0);
    // The service may have had a second task, whose target drains for as long as its own requests last.
    await until(
      () => running("route-users"),
      (tasks) => tasks.length === 0,
    );
    await form().untilTargets("users", []);
    expect(await running("route-fa")).toHaveLength(others.length);
    expect(last?.stoppedReason).toContain("Stopped by an event after its target had drained");
  });

  test("stops all services when a stop event names none", async () => {
    await form().stop({});
    await until(
      () => form().aws.tasks(),
      (tasks) => tasks.every(({ lastStatus }) => lastStatus === "STOPPED"),
    );
    await form().untilTargets("fa", []);
  });
}
