import { DeregisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { DeleteTargetGroupCommand, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { readServiceStatus } from "../../cli/service-status";
import { createWorld, targetOf } from "../handlers/register-targets/world";

type World = Awaited<ReturnType<typeof createWorld>>;

const readStatus = ({ clock, ecs, elb, finish, routes }: World, service = "auth") => {
  const route = { subnets: [], securityGroups: [], allowOverrides: [], ...routes[service]! };
  return finish(readServiceStatus({ ecs, elb, now: clock.now().getTime() }, service, route));
};
const readTaskId = ({ arn }: { arn: string }) => arn.split("/").pop();

test("reports a running task that is not registered after a minute", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  expect((await readStatus(world)).problems).toEqual([]);
  await world.clock.advance(61_000);
  const { problems, tasks } = await readStatus(world);
  expect(problems).toEqual([
    expect.stringMatching(new RegExp(`^task ${readTaskId(task)} has run for 6\\d s and is not registered$`)),
  ]);
  expect(tasks).toEqual([
    { taskId: readTaskId(task), status: "RUNNING", ageSeconds: expect.any(Number), target: targetOf(task) },
  ]);
  await world.invoke(world.latestEventOf(task));
  expect((await readStatus(world)).problems).toEqual([]);
});

test("reports no problem when a task is starting or stopping", async () => {
  const world = await createWorld({ auth: {} });
  await world.launch("auth");
  expect(await readStatus(world)).toMatchObject({
    tasks: [{ status: "PROVISIONING", target: null }],
    problems: [],
  });
  await world.clock.advance(120_000);
  await world.invoke({ "detail-type": "Sweep" });
  await world.invoke({ "detail-type": "Stop ECS Tasks", detail: {} });
  expect(await readStatus(world)).toMatchObject({
    tasks: [{ status: "RUNNING, stopping after the drain" }],
    targets: [{ health: "draining" }],
    problems: [],
  });
});

test.each([
  [
    "unhealthy",
    { targetHealth: () => false },
    /^target 10\.\S+:8080 is unhealthy: Target\.FailedHealthChecks: /,
  ],
  [
    "in a target group without a listener",
    { unusedTargetGroups: ["auth"] },
    /^target 10\.\S+:8080 is unused: Target\.NotInUse: /,
  ],
])("reports a target that is %s", async (_, options, problem) => {
  const world = await createWorld({ auth: {} }, options);
  await world.invoke(world.latestEventOf(await world.run("auth")));
  await world.clock.advance(120_000);
  expect((await readStatus(world)).problems).toEqual([expect.stringMatching(problem)]);
});

test("reports a target without a task, a missing target group and a family without an active revision", async () => {
  const world = await createWorld({ auth: {} });
  const TargetGroupArn = world.routes.auth!.targetGroup;
  await world.elb.send(
    new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "10.0.9.9", Port: 8080 }] }),
  );
  expect((await readStatus(world)).problems).toEqual([
    "target 10.0.9.9:8080 is registered and has no running task",
  ]);
  await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  await world.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "auth-api:1" }));
  expect((await readStatus(world)).problems).toEqual([
    "the task definition auth-api has no active revision, so no task can start",
    expect.stringContaining("TargetGroupNotFound"),
  ]);
});
