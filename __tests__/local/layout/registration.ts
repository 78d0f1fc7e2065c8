import type { Fault } from "../../../local";
import { addressOf, type Form, until } from "./form";

const stateChange = { service: "events", action: "Deliver", detailType: "ECS Task State Change" } as const;
// A scheduled sweep would reconcile what a test checks.
const lost: Fault[] = [
  { ...stateChange, fault: "lose" },
  { ...stateChange, detailType: "Scheduled Event", fault: "lose" },
];

/** Registration of targets. */
export function registration(form: () => Form): void {
  const crash = () => form().aws.fetch("/api/fa/crash");
  const untilStopped = (eventId: string) => form().taskAt("STOPPED", eventId);

  test("registers a task so that the load balancer reaches it at its service's path", async () => {
    const event = await form().start("users");
    const task = await form().taskAt("RUNNING", event.id);
    await form().untilTargets("users", [`${addressOf(task)} healthy`]);
    expect(JSON.parse(await form().aws.fetch("/api/users/7"))).toEqual({
      service: "users",
      eventId: event.id,
      method: "GET",
      url: "/api/users/7",
    });
    expect(await form().aws.fetch("/api/nobody")).toContain("Not Found");
  });

  test("deregisters a task that crashes", async () => {
    const task = await form().serving("fa");
    await crash();
    expect((await untilStopped(task.startedBy!)).containers?.[0]?.exitCode).toBe(1);
    await form().untilTargets("fa", []);
  });

  test("reconciles missing and stale targets by a sweep after lost events", async () => {
    const { task } = await form().under(lost, async () => {
      const task = await form().taskAt("RUNNING", (await form().start("fa")).id);
      await form().taskAt("STOPPED", (await form().start("auth")).id);
      expect(await form().targetsOf("fa")).toEqual([]);
      return { task };
    });
    expect((await form().sweep()).services.fa).toMatchObject({ missing: 1, stale: 0 });
    await form().untilTargets("fa", [`${addressOf(task)} healthy`]);

    await form().under(lost, async () => {
      await crash();
      await untilStopped(task.startedBy!);
    });
    expect(await form().targetsOf("fa")).toHaveLength(1);
    expect((await form().sweep()).services.fa).toMatchObject({ missing: 0, stale: 1 });
    await form().untilTargets("fa", []);
  });

  test("ends with the running tasks as targets when events come twice and in any order", async () => {
    const mixedUp: Fault[] = [
      { ...stateChange, fault: "duplicate", probability: 0.4 },
      { ...stateChange, fault: "delay", ms: 1500, probability: 0.5 },
    ];
    const tasks = await form().under(mixedUp, async () => {
      const events = await Promise.all(Array.from({ length: 3 }, () => form().start("fa")));
      await Promise.all(events.map(({ id }) => form().taskAt("RUNNING", id)));
      await until(
        () => form().targetsOf("fa"),
        (targets) => targets.some((target) => target.endsWith("healthy")),
      );
      await crash();
      return until(
        async () => (await Promise.all(events.map(({ id }) => form().tasksOf(id)))).flat(),
        (found) => found.some(({ lastStatus }) => lastStatus === "STOPPED"),
      );
    });
    const left = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING").map(addressOf);
    expect(left).toHaveLength(2);
    await form().untilTargets("fa", left.map((address) => `${address} healthy`).sort());
  });
}
