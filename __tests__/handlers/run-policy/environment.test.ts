import {
  createRoute,
  type RunPolicyEnvironment,
  runPolicyEnvironment,
} from "../../../handlers/run-policy/environment";
import { parseEnvironment } from "../../../handlers/shared/schema";

const required: RunPolicyEnvironment = {
  POLICY_BUCKET: "policies",
  POLICY_MAPPING_KEY: "config/policy-mappings.json",
  ECS_CLUSTER: "custodian",
  ECS_TASK_DEFINITION: "custodian-worker",
  ECS_SUBNETS: "subnet-a, subnet-b",
  ECS_SECURITY_GROUP: "sg-1,sg-2",
  DEAD_LETTER_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters",
  PAYLOAD_BUCKET: "payloads",
};
const parse = (more: Record<string, string | undefined>) =>
  parseEnvironment(runPolicyEnvironment, { ...required, ...more });

test("has a launch route for custodian-worker without further settings", () => {
  const settings = parse({});
  expect(createRoute(settings)).toEqual({
    cluster: "custodian",
    family: "custodian-worker",
    container: "custodian-worker",
    subnets: ["subnet-a", "subnet-b"],
    securityGroups: ["sg-1", "sg-2"],
    allowOverrides: [],
  });
  expect(settings).toMatchObject({
    SERVICE: "custodian-worker",
    USE_DEFAULT_POLICY: false,
    ENABLE_ENRICHMENT: false,
    WORKER_ROLES: [],
    MEMBER_ACCOUNTS: [],
  });
});

test("takes the other fields of a launch route as JSON", () => {
  const onFailure = { action: "retry", maxAttempts: 3, backoffSeconds: 60 };
  const ECS_LAUNCH_SETTINGS = JSON.stringify({ container: "main", capacity: "FARGATE_SPOT", onFailure });
  expect(createRoute(parse({ ECS_LAUNCH_SETTINGS }))).toMatchObject({
    container: "main",
    capacity: "FARGATE_SPOT",
    onFailure,
  });
});

test("takes tasks without subnets when they use the network of their host", () => {
  const network = { ECS_SUBNETS: "", ECS_SECURITY_GROUP: "" };
  expect(() => createRoute(parse(network))).toThrow(
    "environment: ECS_SUBNETS: expected at least one subnet, found none",
  );
  const host = { capacity: "EC2", networkMode: "host" };
  const route = createRoute(parse({ ...network, ECS_LAUNCH_SETTINGS: JSON.stringify(host) }));
  expect(route).toMatchObject({ subnets: [], securityGroups: [] });
});

test.each([
  [{ POLICY_BUCKET: undefined }, "POLICY_BUCKET: expected a value, found nothing"],
  [{ ECS_SUBNETS: "subnet-a,,subnet-b" }, "ECS_SUBNETS[1]: expected a value"],
  [{ USE_DEFAULT_POLICY: "yes" }, 'USE_DEFAULT_POLICY: expected ("true" | "false"), found "yes"'],
  [{ ECS_LAUNCH_SETTINGS: "{" }, 'ECS_LAUNCH_SETTINGS: expected JSON, found "{"'],
  [{ ECS_LAUNCH_SETTINGS: '{"capacity":"my spot"}' }, "ECS_LAUNCH_SETTINGS.capacity: expected"],
  [{ ECS_LAUNCH_SETTINGS: '{"cluster":"other"}' }, "ECS_LAUNCH_SETTINGS.cluster: expected no such field"],
])("names the variable that is wrong: %j", (more, reason) => {
  expect(() => parse(more)).toThrow(`environment: ${reason}`);
});
