import type { LambdaClient } from "@aws-sdk/client-lambda";
import { stopTasks } from "../../cli/stop-tasks";
import { createWorld, route, startEvent } from "../handlers/start-task/world";

const routes = { auth: route("auth"), report: route("report") };

/** A launcher without a registrar, and a task of each service. */
const createAccount = async () => {
  const world = await createWorld(routes, { containers: () => ({}) });
  for (const service of ["auth", "report"]) await world.invoke(startEvent(service, service));
  await world.clock.advance(20_000);
  const deployment = { name: "engines", region: "eu-west-1", startFunction: "engines-start-task", routes };
  const [auth, report] = world.tasks();
  return {
    world,
    auth: auth!,
    report: report!,
    // Without a registrar there is no function to invoke.
    stop: (...names: string[]) =>
      stopTasks(
        { lambda: {} as LambdaClient, ecs: world.ecs },
        { ...deployment, registrarFunction: undefined, runHistory: "/aws/events/engines-run-history" },
        names,
      ),
    stopping: () =>
      world.taskEvents
        .filter(({ detail }) => detail.desiredStatus === "STOPPED")
        .map(({ detail: { taskArn, stoppedReason } }) => ({ taskArn, stoppedReason })),
  };
};
const reason = "Stopped by the command stop of cdktf-event-driven-ecs";

test("stops the tasks of a service without a registrar, and no others", async () => {
  const { world, auth, stop, stopping } = await createAccount();
  expect(await stop("auth")).toEqual({
    auth: expect.objectContaining({ stopped: [auth.arn], draining: [] }),
  });
  await world.clock.advance(60_000);
  const stopped = new Map(stopping().map((each) => [each.taskArn, each.stoppedReason]));
  expect([...stopped]).toEqual([[auth.arn, reason]]);
  expect(await stop("auth")).toEqual({ auth: expect.objectContaining({ stopped: [] }) });
});

test("stops one task by its id or its ARN", async () => {
  const { auth, report, stop } = await createAccount();
  expect(await stop(report.arn)).toEqual({ report: expect.objectContaining({ stopped: [report.arn] }) });
  expect(await stop(auth.arn.split("/").pop()!)).toEqual({
    auth: expect.objectContaining({ stopped: [auth.arn] }),
  });
});

test("stops nothing when one name is unknown", async () => {
  const { stop, stopping } = await createAccount();
  const missing = "0".repeat(32);
  await expect(stop("auth", missing)).rejects.toThrow(`has no running task ${missing}`);
  await expect(stop("auth", "billing")).rejects.toThrow('has no service "billing"; it has auth, report.');
  expect(stopping()).toEqual([]);
});
