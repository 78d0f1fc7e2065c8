import { DeregisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { DeleteTargetGroupCommand, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { serviceStatus } from "../../cli/service-status";
import { createWorld, targetOf } from "../handlers/register-targets/world";

type World = Awaited<ReturnType<typeof createWorld>>;

const statusOf = ({ clock, ecs, elb, finish, routes }: World, service = "auth") => {
  const route = { subnets: [], securityGroups: [], allowOverrides: [], ...routes[service]! };
  return finish(serviceStatus({ ecs, elb, now: clock.now().getTime() }, service, route));
};
const idOf = ({ arn }: { arn: string }) => arn.split("/").pop();

test("a running task has a minute to be registered", async () => {
  const world = await createWorld({ auth: {} });
  const task = await world.run("auth");
  expect((await statusOf(world)).problems).toEqual([]);
  await world.clock.advance(61_000);
  const { problems, tasks } = await statusOf(world);
  expect(problems).toEqual([
    expect.stringMatching(new RegExp(`^task ${idOf(task)} has run for 6\\d s and is not registered$`)),
  ]);
  expect(tasks).toEqual([
    { taskId: idOf(task), status: "RUNNING", ageSeconds: expect.any(Number), target: targetOf(task) },
  ]);
  await world.invoke(world.newsOf(task));
  expect((await statusOf(world)).problems).toEqual([]);
});

test("a task that starts, or is about to be stopped, need not be registered", async () => {
  const world = await createWorld({ auth: {} });
  await world.launch("auth");
  expect(await statusOf(world)).toMatchObject({
    tasks: [{ status: "PROVISIONING", target: null }],
    problems: [],
  });
  await world.clock.advance(120_000);
  await world.invoke({ "detail-type": "Sweep" });
  await world.invoke({ "detail-type": "Stop ECS Tasks", detail: {} });
  expect(await statusOf(world)).toMatchObject({
    tasks: [{ status: "RUNNING, to be stopped" }],
    targets: [{ health: "draining" }],
    problems: [],
  });
});

test.each([
  ["ill", { targetHealth: () => false }, /^target 10\.\S+:8080 is unhealthy: Target\.FailedHealthChecks: /],
  [
    "in a group that no listener uses",
    { unusedTargetGroups: ["auth"] },
    /^target 10\.\S+:8080 is unused: Target\.NotInUse: /,
  ],
])("a target that is %s", async (_, options, problem) => {
  const world = await createWorld({ auth: {} }, options);
  await world.invoke(world.newsOf(await world.run("auth")));
  await world.clock.advance(120_000);
  expect((await statusOf(world)).problems).toEqual([expect.stringMatching(problem)]);
});

test("a target without a task, a group that vanished, a family without a revision", async () => {
  const world = await createWorld({ auth: {} });
  const TargetGroupArn = world.routes.auth!.targetGroup;
  await world.elb.send(
    new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "10.0.9.9", Port: 8080 }] }),
  );
  expect((await statusOf(world)).problems).toEqual([
    "target 10.0.9.9:8080 is registered and no running task stands behind it",
  ]);
  await world.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  await world.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: "auth-api:1" }));
  expect((await statusOf(world)).problems).toEqual([
    "the task definition auth-api has no active revision, so no task can start",
    expect.stringContaining("TargetGroupNotFound"),
  ]);
});
