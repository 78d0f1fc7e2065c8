import { type Form, until } from "./form";

/** Events in, tasks out. */
export function launches(form: () => Form): void {
  test("starts one task of the event's service, which gets the event and exits", async () => {
    const event = await form().aws.put({ service: "auth", user: "ada" });
    const task = await form().taskAt("STOPPED", event.id);
    expect(task.group).toBe("route-auth");
    expect(task.containers?.[0]?.exitCode).toBe(0);
    expect((await form().aws.outputOf(task)).join("\n")).toContain(event.id);
  });

  test("starts no second task when the same event is delivered five times at once", async () => {
    const event = await form().start("auth");
    await form().taskAt("STOPPED", event.id);
    await Promise.all(Array.from({ length: 5 }, () => form().aws.deliver(event)));
    await until(
      async () =>
        (await form().aws.functionLog()).filter(
          (line) => line.includes(event.id) && line.includes("duplicate event: its task exists"),
        ),
      (lines) => lines.length === 5,
    );
    expect(await form().tasksOf(event.id)).toHaveLength(1);
  });

  test("passes an event above the limit of RunTask to its task through the bucket", async () => {
    const event = await form().aws.put({ service: "auth", blob: "x".repeat(200_000) });
    const task = await form().taskAt("STOPPED", event.id);
    expect(task.containers?.[0]?.exitCode).toBe(0);
    const output = (await form().aws.outputOf(task)).join("\n");
    expect(
      JSON.parse(output.split("\n").find((line) => line.includes("event received"))!).bytes,
    ).toBeGreaterThan(200_000);
  });

  test("starts the service that a rule names, regardless of the event", async () => {
    const event = await form().aws.put(
      { order: 7, service: { not: "ours" } },
      { source: "custom.shop", detailType: "Order Placed" },
    );
    expect((await form().taskAt("STOPPED", event.id)).group).toBe("route-report");
  });

  test("starts nothing for an event that no rule matches", async () => {
    const event = await form().aws.put(
      { service: "auth" },
      { source: "custom.app", detailType: "Something Else" },
    );
    await form().taskAt("STOPPED", (await form().start("auth")).id);
    expect(await form().tasksOf(event.id)).toEqual([]);
  });

  test("sends malformed events, unknown services and forbidden overrides to the DLQ with the reason", async () => {
    await form().aws.put({ servce: "auth" });
    await form().aws.put({ service: "billing" });
    await form().aws.put({ service: "auth", command: ["sh"] });
    const found = await until(
      () => form().reasons(),
      (all) => all.length >= 3,
    );
    expect(found.sort()).toEqual([
      expect.stringContaining("detail.command"),
      expect.stringContaining("detail.service"),
      expect.stringContaining(
        '"billing" is unknown; known services: auth, fa, missing, report, retrying, users',
      ),
    ]);
  });
}
