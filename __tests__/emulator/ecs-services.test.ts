import { httpRequest, jsonResponse } from "../../local/http";
import { EcsServices } from "../../local/overlays/ecs-services";
import { ScalableTargets } from "../../local/overlays/scalable-targets";
import { Accounts, type Call, identify } from "../../local/routing";

const serviceArn = "arn:aws:ecs:eu-west-1:123456789012:service/engines/worker";

const call = (service: string, action: string, input: object): Call =>
  identify(
    httpRequest(
      "POST",
      "/",
      {
        authorization: `AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/${service}/aws4_request, x`,
        "x-amz-target": `X.${action}`,
      },
      JSON.stringify(input),
    ),
    new Accounts(),
  );

/** The overlay over a control plane that answers with `answer` and records what it gets. */
function ecsServices(answer: object) {
  const log: string[] = [];
  const forwarded: unknown[] = [];
  const overlay = new EcsServices(
    async ({ request }) => {
      forwarded.push(JSON.parse(request.body.toString()));
      return jsonResponse(answer);
    },
    (line) => log.push(line),
  );
  const ask = async (action: string, input: object) =>
    JSON.parse((await overlay.handle(call("ecs", action, input), input)).body.toString());
  return { ask, forwarded, log };
}

describe("an ECS service", () => {
  test("keeps the settings that CreateService and UpdateService got, with the defaults of AWS", async () => {
    const { ask } = ecsServices({
      service: { serviceArn, desiredCount: 0 },
      services: [{ serviceArn, desiredCount: 0 }],
    });
    const created = await ask("CreateService", { enableExecuteCommand: true, capacityProviderStrategy: [] });
    expect(created.service).toMatchObject({
      availabilityZoneRebalancing: "ENABLED",
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
      enableECSManagedTags: false,
      enableExecuteCommand: true,
    });
    expect(created.service).not.toHaveProperty("capacityProviderStrategy");
    await ask("UpdateService", { availabilityZoneRebalancing: "DISABLED" });
    const { services } = await ask("DescribeServices", { services: ["worker"] });
    expect(services[0]).toMatchObject({
      availabilityZoneRebalancing: "DISABLED",
      enableExecuteCommand: true,
    });
  });

  test("has a launch type or a strategy, and no network configuration when it has none", async () => {
    const service = { serviceArn, desiredCount: 0, launchType: "EC2", networkConfiguration: {} };
    const { ask } = ecsServices({ service });
    expect((await ask("CreateService", {})).service).toMatchObject({ launchType: "EC2" });
    const strategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    const onSpot = (await ask("CreateService", { capacityProviderStrategy: strategy })).service;
    expect(onSpot).toMatchObject({ capacityProviderStrategy: strategy });
    expect(onSpot).not.toHaveProperty("launchType");
    expect(onSpot).not.toHaveProperty("networkConfiguration");
  });

  test("may have no security groups", async () => {
    const { ask, forwarded } = ecsServices({ service: { serviceArn, desiredCount: 0 } });
    const subnets = ["subnet-0a1b2c3d4e5f60718"];
    await ask("CreateService", { networkConfiguration: { awsvpcConfiguration: { subnets } } });
    expect(forwarded).toEqual([
      { networkConfiguration: { awsvpcConfiguration: { subnets, securityGroups: [] } } },
    ]);
  });

  test("runs no task, and the log says so when it should", async () => {
    const deployments = [{ id: "1", runningCount: 2, rolloutState: "COMPLETED" }];
    const { ask, log } = ecsServices({
      service: { serviceArn, desiredCount: 2, runningCount: 2, pendingCount: 0, deployments },
    });
    expect((await ask("CreateService", {})).service).toMatchObject({
      desiredCount: 2,
      runningCount: 0,
      pendingCount: 0,
      deployments: [{ id: "1", desiredCount: 2, runningCount: 0, rolloutState: "IN_PROGRESS" }],
    });
    expect(log).toEqual([
      `ecs CreateService ${serviceArn}: the desired count is 2, but local AWS has no scheduler of ECS services and starts no task of it`,
    ]);
  });
});

describe("a scalable target", () => {
  const ScalableTargetARN = "arn:aws:application-autoscaling:eu-west-1:123456789012:scalable-target/1";
  const scalableTargets = () => {
    const log: string[] = [];
    const overlay = new ScalableTargets(
      async () => jsonResponse({ ScalableTargetARN }),
      (line) => log.push(line),
    );
    const ask = async (action: string, input: object) =>
      JSON.parse(
        (await overlay.handle(call("application-autoscaling", action, input), input)).body.toString(),
      );
    return { ask, log };
  };

  test("has the tags that it got", async () => {
    const { ask } = scalableTargets();
    const tags = async () => (await ask("ListTagsForResource", { ResourceARN: ScalableTargetARN })).Tags;
    expect(await tags()).toEqual({});
    await ask("RegisterScalableTarget", { Tags: { team: "platform", stage: "dev" } });
    await ask("TagResource", { ResourceARN: ScalableTargetARN, Tags: { stage: "prod" } });
    expect(await tags()).toEqual({ team: "platform", stage: "prod" });
    await ask("UntagResource", { ResourceARN: ScalableTargetARN, TagKeys: ["team"] });
    expect(await tags()).toEqual({ stage: "prod" });
  });

  test("is not scaled, and the log says so for each policy", async () => {
    const { ask, log } = scalableTargets();
    await ask("PutScalingPolicy", { PolicyName: "out", ResourceId: "service/engines/worker" });
    expect(log).toEqual([
      "application-autoscaling PutScalingPolicy out: stored; local AWS evaluates no alarms, so it does not scale service/engines/worker",
    ]);
  });
});
