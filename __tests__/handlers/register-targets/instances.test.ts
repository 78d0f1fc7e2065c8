import { RegisterContainerInstanceCommand } from "@aws-sdk/client-ecs";
import type { Route } from "../../../handlers/register-targets/environment";
import { createWorld } from "./world";

const onInstance = { launchType: "EC2", networkConfiguration: undefined };

const createMachines = async (route: Partial<Route>, machines: string[]) => {
  const world = await createWorld({ auth: { targetType: "instance", ...route } });
  for (const instanceId of machines) {
    await world.ecs.send(
      new RegisterContainerInstanceCommand({
        cluster: "engines",
        instanceIdentityDocument: JSON.stringify({ instanceId }),
      }),
    );
  }
  return world;
};

test("tasks that share machines are registered with the machine and the port that each was given", async () => {
  const world = await createMachines({}, ["i-1", "i-2"]);
  for (let tasks = 0; tasks < 3; tasks += 1) {
    await world.invoke(world.newsOf(await world.run("auth", onInstance)));
  }
  expect(await world.targets("auth")).toEqual(["i-1:32768", "i-2:32768", "i-1:32769"]);
});

test("of two tasks on one machine only the one that goes down is deregistered", async () => {
  const world = await createMachines({}, ["i-1"]);
  const [gone, kept] = [await world.run("auth", onInstance), await world.run("auth", onInstance)];
  for (const task of [gone, kept]) await world.invoke(world.newsOf(task));
  gone.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  await world.invoke(world.newsOf(gone));
  expect(await world.targets("auth")).toEqual(["i-1:32769"]);
});

test("a task in the host's network is registered with the port of its route", async () => {
  const world = await createMachines({ networkMode: "host" }, ["i-1"]);
  await world.invoke(world.newsOf(await world.run("auth", onInstance)));
  expect(await world.targets("auth")).toEqual(["i-1:8080"]);
});

test("a container that maps another port has no target, and the event is thrown back", async () => {
  const world = await createMachines({ port: 9090 }, ["i-1"]);
  const task = await world.run("auth", onInstance);
  await expect(world.invoke(world.newsOf(task))).rejects.toThrow("auth: ECS does not show address and port");
});
