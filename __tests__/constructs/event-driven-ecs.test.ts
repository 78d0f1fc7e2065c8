import { EventDrivenEcs, type EventDrivenEcsProps } from "../../src/event-driven-ecs";
import { synthesize } from "./synth";

const layout = (props: Partial<EventDrivenEcsProps> = {}, extend?: (made: EventDrivenEcs) => void) =>
  synthesize((stack) => {
    const made = new EventDrivenEcs(stack, "engines", {
      name: "engines",
      network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
      services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2" } },
      ...props,
    });
    extend?.(made);
  });

const existingNetwork = { vpcId: "vpc-0a1b2c3d4e5f60718", subnetIds: ["subnet-0a1b2c3d4e5f60718"] };
const existingCluster = { name: "shared", arn: "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" };

test("makes what is not given", () => {
  const made = layout();
  expect(Object.keys(made.aws_vpc!)).toHaveLength(1);
  expect(Object.keys(made.aws_ecs_cluster!)).toHaveLength(1);
});

test("makes neither network nor cluster when both are given", () => {
  const made = layout({
    createNetwork: false,
    network: undefined,
    existingNetwork,
    createCluster: false,
    existingCluster,
  });
  expect(made).not.toHaveProperty("aws_vpc");
  expect(made).not.toHaveProperty("aws_ecs_cluster");
  expect(JSON.stringify(made.aws_iam_policy)).toContain(existingCluster.arn);
});

test("an event added by the verb makes the rule that the prop makes", () => {
  const event = { source: ["custom.app"], detailType: ["Start ECS Task"] };
  expect(layout({}, (made) => made.onEvent("start", event))).toEqual(layout({ events: { start: event } }));
});

test.each<[string, Partial<EventDrivenEcsProps>, string]>([
  ["an upper-case name", { name: "Engines" }, 'name is "Engines"; it has 1 to 28 lower-case letters'],
  ["no network at all", { network: undefined }, "network is absent; it names two or more availabilityZones"],
  [
    "a network both made and given",
    { existingNetwork },
    "createNetwork is true and existingNetwork is given; give existingNetwork exactly when createNetwork is false.",
  ],
  [
    "a network neither made nor given",
    { createNetwork: false },
    "createNetwork is false and existingNetwork is absent; give existingNetwork exactly when createNetwork is false.",
  ],
  [
    "a cluster both made and given",
    { existingCluster },
    "createCluster is true and existingCluster is given",
  ],
  [
    "a cluster neither made nor given",
    { createCluster: false },
    "createCluster is false and existingCluster is absent",
  ],
  [
    "a service with an underscore",
    { services: { auth_api: { image: "busybox" } } },
    'services names "auth_api"',
  ],
  ["one zone", { network: { availabilityZones: ["eu-west-1a"] } }, "eu-west-1a"],
])("refuses %s", (_what, props, message) => {
  expect(() => layout(props)).toThrow(message);
});
