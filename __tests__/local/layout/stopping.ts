import { addressOf, type Form, until } from "./form";

/** Tasks that an event stops. Some run when it comes. */
export function stopping(form: () => Form): void {
  const running = async (group: string) =>
    (await form().aws.tasks()).filter((task) => task.group === group && task.desiredStatus === "RUNNING");

  test("a stop event that names an unknown service stops nothing and is a dead letter", async () => {
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

  test("a stop event: out of the target group first, SIGTERM when requests in flight had their time", async () => {
    const task = await form().serving("users");
    const others = await running("route-fa");
    const seen = new Set<string>();
    await form().stop({ services: ["users"] });
    const last = await until(
      async () => {
        // The task before the target: a target seen after its task was told to stop is one that stayed too long.
        const [now] = await form().tasksOf(task.startedBy!);
        const target = (await form().targetsOf("users")).find((each) => each.startsWith(addressOf(task)));
        seen.add(`${now?.desiredStatus} ${target?.split(" ")[1] ?? "no target"}`);
        return now;
      },
      (now) => now?.lastStatus === "STOPPED",
    );
    expect([...seen]).toEqual(expect.arrayContaining(["RUNNING draining", "STOPPED no target"]));
    expect([...seen].filter((each) => /^STOPPED (?!no target)/.test(each))).toEqual([]);
    // It ended by itself: SIGKILL would make it 137.
    expect(last?.containers?.[0]?.exitCode).toBe(0);
    expect(await running("route-users")).toEqual([]);
    expect(await form().targetsOf("users")).toEqual([]);
    expect(await running("route-fa")).toHaveLength(others.length);
    expect(last?.stoppedReason).toContain("Stopped by an event after its target had drained");
  });

  test("a stop event without services stops them all", async () => {
    await form().stop({});
    await until(
      () => form().aws.tasks(),
      (tasks) => tasks.every(({ lastStatus }) => lastStatus === "STOPPED"),
    );
    await form().untilTargets("fa", []);
  });
}
