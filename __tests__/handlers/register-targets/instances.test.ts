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

test("registers the instance and host port of each task on shared instances", async () => {
  const world = await createMachines({}, ["i-1", "i-2"]);
  for (let tasks = 0; tasks < 3; tasks += 1) {
    await world.invoke(world.latestEventOf(await world.run("auth", onInstance)));
  }
  expect(await world.targets("auth")).toEqual(["i-1:32768", "i-2:32768", "i-1:32769"]);
});

test("deregisters only the ending one of two tasks on one instance", async () => {
  const world = await createMachines({}, ["i-1"]);
  const [gone, kept] = [await world.run("auth", onInstance), await world.run("auth", onInstance)];
  for (const task of [gone, kept]) await world.invoke(world.latestEventOf(task));
  gone.stop("EssentialContainerExited");
  await world.clock.advance(5000);
  await world.invoke(world.latestEventOf(gone));
  expect(await world.targets("auth")).toEqual(["i-1:32769"]);
});

test("registers the port of the launch route in the network mode host", async () => {
  const world = await createMachines({ networkMode: "host" }, ["i-1"]);
  await world.invoke(world.latestEventOf(await world.run("auth", onInstance)));
  expect(await world.targets("auth")).toEqual(["i-1:8080"]);
});

test("throws when the container does not map the port of the launch route", async () => {
  const world = await createMachines({ port: 9090 }, ["i-1"]);
  const task = await world.run("auth", onInstance);
  await expect(world.invoke(world.latestEventOf(task))).rejects.toThrow(
    "auth: ECS does not show address and port",
  );
});
