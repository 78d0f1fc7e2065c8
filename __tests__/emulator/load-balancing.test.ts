import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  type TargetDescription,
  type TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { createLocalAws, type InProcessOptions } from "../../local/create-local-aws";

const INTERVAL_MS = 10_000;
const target = (last: number, Port = 8080): TargetDescription => ({ Id: `10.0.0.${last}`, Port });

async function group(options: InProcessOptions = {}, TargetType: TargetTypeEnum = "ip", drainSeconds = 30) {
  const aws = createLocalAws(options);
  const client = new ElasticLoadBalancingV2Client({
    ...aws.clientConfig,
    requestHandler: aws.requestHandler(),
    maxAttempts: 1,
  });
  const { TargetGroups } = await client.send(
    new CreateTargetGroupCommand({
      Name: "auth",
      Protocol: "HTTP",
      Port: 80,
      VpcId: "vpc-1",
      TargetType,
      HealthCheckIntervalSeconds: INTERVAL_MS / 1000,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 2,
    }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
  const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: String(drainSeconds) }];
  await client.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  const register = (...Targets: TargetDescription[]) =>
    client.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const deregister = (...Targets: TargetDescription[]) =>
    client.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
  const health = async (...Targets: TargetDescription[]) => {
    const asked = Targets.length > 0 ? { Targets } : {};
    const found = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn, ...asked }));
    return (found.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => [
      `${Target?.Id}:${Target?.Port}`,
      [TargetHealth?.State, TargetHealth?.Reason].filter(Boolean).join(" "),
    ]);
  };
  return { ...aws, client, TargetGroupArn, register, deregister, health };
}

test("shows a target as initial until its first check, then as healthy", async () => {
  const { clock, health, register } = await group();
  await register(target(4));
  expect(await health()).toEqual([["10.0.0.4:8080", "initial Elb.RegistrationInProgress"]]);
  await clock.advance(INTERVAL_MS);
  expect(await health()).toEqual([["10.0.0.4:8080", "healthy"]]);
});

test("registers a target without a port at the group's port, and one address with several ports", async () => {
  const { health, register } = await group();
  await register({ Id: "10.0.0.4" }, target(4), target(4, 9090));
  expect((await health()).map(([address]) => address)).toEqual([
    "10.0.0.4:80",
    "10.0.0.4:8080",
    "10.0.0.4:9090",
  ]);
});

test("changes nothing when a target is registered again", async () => {
  const { clock, health, register } = await group();
  await register(target(4));
  await clock.advance(INTERVAL_MS);
  await register(target(4), target(4));
  expect(await health()).toEqual([["10.0.0.4:8080", "healthy"]]);
});

test("changes health after as many checks in a row as the thresholds", async () => {
  let well = false;
  const { clock, health, register } = await group({ targetHealth: () => well });
  const after = async (passes: boolean) => {
    well = passes;
    await clock.advance(INTERVAL_MS);
    return (await health())[0]?.[1];
  };
  await register(target(4));
  expect(await after(false)).toBe("initial Elb.InitialHealthChecking");
  expect(await after(false)).toBe("unhealthy Target.FailedHealthChecks");
  expect(await after(true)).toBe("unhealthy Target.FailedHealthChecks");
  expect(await after(true)).toBe("unhealthy Target.FailedHealthChecks");
  expect(await after(true)).toBe("healthy");
  expect(await after(false)).toBe("healthy");
  expect(await after(true)).toBe("healthy");
  expect(await after(false)).toBe("healthy");
  expect(await after(false)).toBe("unhealthy Target.FailedHealthChecks");
});

test("drains a deregistered target for the group's delay, then removes it", async () => {
  const { clock, deregister, health, register } = await group();
  await register(target(4), target(5));
  await clock.advance(INTERVAL_MS);
  await deregister(target(4));
  expect(await health(target(4))).toEqual([["10.0.0.4:8080", "draining Target.DeregistrationInProgress"]]);
  await clock.advance(29_999);
  expect(await health()).toHaveLength(2);
  await clock.advance(1);
  expect(await health()).toEqual([["10.0.0.5:8080", "healthy"]]);
  expect(await health(target(4))).toEqual([["10.0.0.4:8080", "unused Target.NotRegistered"]]);
});

test("does not extend draining when a target is deregistered again", async () => {
  const { clock, deregister, health, register } = await group();
  await register(target(4));
  await deregister(target(4));
  await clock.advance(20_000);
  await deregister(target(4));
  await clock.advance(10_000);
  expect(await health()).toEqual([]);
});

test("removes a deregistered target at once with a delay of 0", async () => {
  const { deregister, health, register } = await group({}, "ip", 0);
  await register(target(4));
  await deregister(target(4));
  expect(await health()).toEqual([]);
});

test("keeps a draining target that is registered again, with a new first check", async () => {
  const { clock, deregister, health, register } = await group();
  await register(target(4));
  await clock.advance(INTERVAL_MS);
  await deregister(target(4));
  await register(target(4));
  expect(await health()).toEqual([["10.0.0.4:8080", "initial Elb.RegistrationInProgress"]]);
  await clock.advance(60_000);
  expect(await health()).toEqual([["10.0.0.4:8080", "healthy"]]);
});

test("accepts the deregistration of a target that is not registered, by address and port", async () => {
  const { deregister, health, register } = await group();
  await register(target(4));
  await deregister(target(4, 9090), target(9));
  expect(await health()).toEqual([["10.0.0.4:8080", "initial Elb.RegistrationInProgress"]]);
});

test("shows targets as unused when no listener forwards to their group, and does not drain them", async () => {
  const { clock, deregister, health, register } = await group({ unusedTargetGroups: ["auth"] });
  await register(target(4));
  await clock.advance(INTERVAL_MS);
  expect(await health()).toEqual([["10.0.0.4:8080", "unused Target.NotInUse"]]);
  await deregister(target(4));
  expect(await health()).toEqual([]);
});

test.each<[TargetTypeEnum, TargetDescription]>([
  ["ip", { Id: "8.8.8.8" }],
  ["ip", { Id: "i-0123456789abcdef0" }],
  ["instance", { Id: "10.0.0.4" }],
])("rejects the whole call when a group of type %s gets %j", async (type, invalid) => {
  const { health, register } = await group({}, type);
  const valid = type === "ip" ? target(4) : { Id: "i-0123456789abcdef0" };
  await expect(register(valid, invalid)).rejects.toMatchObject({ name: "InvalidTargetException" });
  expect(await health()).toEqual([]);
});

test("rejects a call that would exceed 1000 targets in a group", async () => {
  const { deregister, health, register } = await group();
  const many = Array.from({ length: 1000 }, (_, index) => target(4, 1000 + index));
  await register(...many);
  await expect(register(target(5))).rejects.toMatchObject({ name: "TooManyTargetsException" });
  expect(await health()).toHaveLength(1000);
  await deregister(target(4, 1000));
  await register(target(5));
});

test("does not find a deleted group, in any call", async () => {
  const { client, TargetGroupArn, deregister, health, register } = await group();
  await register(target(4));
  await client.send(new DeleteTargetGroupCommand({ TargetGroupArn }));
  const gone = { name: "TargetGroupNotFoundException" };
  await expect(register(target(4))).rejects.toMatchObject(gone);
  await expect(deregister(target(4))).rejects.toMatchObject(gone);
  await expect(health()).rejects.toMatchObject(gone);
});

test("applies faults to calls", async () => {
  const { faults, health, register } = await group();
  faults.set([
    { service: "elasticloadbalancing", action: "RegisterTargets", fault: "throttle", times: 1 },
    { service: "elasticloadbalancing", action: "RegisterTargets", fault: "reset", when: "after", times: 1 },
  ]);
  await expect(register(target(4))).rejects.toMatchObject({ name: "ThrottlingException" });
  await expect(register(target(4))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(await health()).toHaveLength(1);
});
