import { type Form, until } from "./form";

/** Events in, tasks out. */
export function launches(form: () => Form): void {
  test("an event starts one task of its service, which gets the event and exits", async () => {
    const event = await form().aws.put({ service: "auth", user: "ada" });
    const task = await form().taskAt("STOPPED", event.id);
    expect(task.group).toBe("route-auth");
    expect(task.containers?.[0]?.exitCode).toBe(0);
    expect((await form().aws.outputOf(task)).join("\n")).toContain(event.id);
  });

  test("the same event once more, five times at once: no second task", async () => {
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

  test("an event over the limit of RunTask reaches its task by way of the bucket", async () => {
    const event = await form().aws.put({ service: "auth", blob: "x".repeat(200_000) });
    const task = await form().taskAt("STOPPED", event.id);
    expect(task.containers?.[0]?.exitCode).toBe(0);
    const output = (await form().aws.outputOf(task)).join("\n");
    expect(
      JSON.parse(output.split("\n").find((line) => line.includes("event received"))!).bytes,
    ).toBeGreaterThan(200_000);
  });

  test("a rule that names its service starts it, whatever the event says", async () => {
    const event = await form().aws.put(
      { order: 7, service: { not: "ours" } },
      { source: "custom.shop", detailType: "Order Placed" },
    );
    expect((await form().taskAt("STOPPED", event.id)).group).toBe("route-report");
  });

  test("an event that no rule matches starts nothing", async () => {
    const event = await form().aws.put(
      { service: "auth" },
      { source: "custom.app", detailType: "Something Else" },
    );
    await form().taskAt("STOPPED", (await form().start("auth")).id);
    expect(await form().tasksOf(event.id)).toEqual([]);
  });

  test("a malformed event, an unknown service, an override not allowed: dead letters with the reason", async () => {
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
