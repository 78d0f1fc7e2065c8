import { TransientError } from "../../../handlers/shared/failures";
import type { Fault } from "../../../local/faults";
import { createWorld, route, startEvent } from "./world";

const routes = { auth: route("auth-api") };
const runTask = { service: "ecs", action: "RunTask" } as const;
const capacity =
  "Capacity is unavailable at this time. Please try again later or in a different availability zone";

const withFaults = async (...faults: Fault[]) => {
  const world = await createWorld(routes);
  world.faults.set(faults);
  return world;
};

describe("transient errors", () => {
  test.each([1, 2])("are retried by the SDK when RunTask is throttled %d times", async (times) => {
    const world = await withFaults({ ...runTask, fault: "throttle", times });
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ duplicate: false });
    expect(world.tasks()).toHaveLength(1);
  });

  test.each<Fault>([
    { ...runTask, fault: "throttle" },
    { ...runTask, fault: "error", code: "ServerException", status: 500 },
    { ...runTask, fault: "reset", when: "before" },
    { ...runTask, fault: "failures", reason: capacity },
    { ...runTask, fault: "failures", reason: "RESOURCE:ENI" },
    { ...runTask, fault: "error", code: "ClientException", message: "PROVISIONING quota reached" },
  ])("%j is thrown when it lasts, and a redelivery starts exactly one task", async (lasting) => {
    const world = await withFaults(lasting);
    await expect(world.invoke(startEvent("auth"))).rejects.toThrow();
    await expect(world.invoke(startEvent("auth"))).rejects.toThrow();
    expect(world.tasks()).toHaveLength(0);
    expect(await world.takeDlqMessages()).toEqual([]);

    world.faults.set([]);
    expect(await world.invoke(startEvent("auth"))).toMatchObject({ service: "auth", duplicate: false });
    expect(world.tasks()).toHaveLength(1);
  });

  test("start one task when the connection is reset after the launch", async () => {
    const world = await withFaults({ ...runTask, fault: "reset", when: "after", times: 2 });
    const result = await world.invoke(startEvent("auth"));
    expect(world.tasks()).toHaveLength(1);
    expect(result).toMatchObject({ taskArn: world.tasks()[0]?.arn });
  });

  test("return the existing task at the redelivery when all responses were lost", async () => {
    const world = await withFaults({ ...runTask, fault: "reset", when: "after", times: 3 });
    await expect(world.invoke(startEvent("auth"))).rejects.toThrow();
    await world.clock.advance(60_000);
    expect(await world.invoke(startEvent("auth"))).toEqual({
      service: "auth",
      taskArn: world.tasks()[0]?.arn,
      duplicate: true,
    });
    expect(world.tasks()).toHaveLength(1);
  });

  test("name missing capacity", async () => {
    const world = await withFaults({ ...runTask, fault: "failures", reason: capacity });
    const error = await world.invoke(startEvent("auth")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ name: "CapacityUnavailable", message: expect.stringContaining(capacity) });
    expect(world.metrics()).toMatchObject([{ Failures: 1, Service: "auth", Reason: "CapacityUnavailable" }]);
    expect(world.lines.at(-1)).toMatchObject({ level: "ERROR", eventId: "6f1c7ec4-0001", service: "auth" });
  });
});

describe("permanent errors", () => {
  test.each<[Fault, string]>([
    [
      { ...runTask, fault: "failures", reason: "InvalidParameter", detail: "no such attribute" },
      "no such attribute",
    ],
    [{ ...runTask, fault: "error", code: "InvalidParameterException", message: "bad subnet" }, "bad subnet"],
    [
      { ...runTask, fault: "error", code: "AccessDeniedException", message: "not authorized" },
      "not authorized",
    ],
    [
      { ...runTask, fault: "error", code: "ClusterNotFoundException", message: "Cluster not found." },
      "Cluster not found.",
    ],
    [
      { ...runTask, fault: "error", code: "ClientException", message: "TaskDefinition is inactive" },
      "is inactive",
    ],
    [
      { ...runTask, fault: "error", code: "PlatformUnknownException", message: "no such platform" },
      "no such platform",
    ],
  ])("%j is sent to the DLQ after one call", async (permanent, reason) => {
    const world = await withFaults({ ...permanent, times: 1 } as Fault, {
      ...runTask,
      fault: "error",
      code: "ServerException",
      message: "asked a second time",
      status: 500,
    });
    expect(await world.invoke(startEvent("auth"))).toEqual({ rejected: expect.stringContaining(reason) });
    expect(world.tasks()).toHaveLength(0);
    const [dlqMessage, ...others] = await world.takeDlqMessages();
    expect(others).toEqual([]);
    expect(dlqMessage?.requestPayload).toEqual(startEvent("auth"));
    expect(dlqMessage?.responsePayload.errorMessage).toContain(reason);
    expect(world.metrics()).toMatchObject([
      { Failures: 1, Service: "auth", Reason: dlqMessage?.responsePayload.errorType },
    ]);
  });

  test("a cluster that does not exist", async () => {
    const world = await createWorld({ auth: route("auth-api", { cluster: "nowhere" }) });
    expect(await world.invoke(startEvent("auth"))).toEqual({
      rejected: expect.stringContaining("Cluster not found"),
    });
    expect(await world.takeDlqMessages()).toHaveLength(1);
  });

  test("a revision that does not exist", async () => {
    const world = await createWorld({ auth: route("auth-api", { allowOverrides: ["taskDefinition"] }) });
    const event = startEvent("auth", "1", { taskDefinition: "auth-api:99" });
    expect(await world.invoke(event)).toEqual({
      rejected: expect.stringContaining("Unable to describe task definition"),
    });
    expect(await world.takeDlqMessages()).toHaveLength(1);
  });

  test("are thrown when the DLQ cannot be reached, and sent there at the redelivery", async () => {
    const world = await withFaults({
      service: "sqs",
      action: "SendMessage",
      fault: "error",
      code: "InternalError",
      status: 500,
      times: 3,
    });
    await expect(world.invoke(startEvent("nobody"))).rejects.toThrow();
    expect(await world.takeDlqMessages()).toEqual([]);
    expect(await world.invoke(startEvent("nobody"))).toEqual({ rejected: expect.stringContaining("nobody") });
    expect(await world.takeDlqMessages()).toHaveLength(1);
  });
});
