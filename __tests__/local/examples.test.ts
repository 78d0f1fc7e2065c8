import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { LocalAws } from "../../local";
import { jsonLines } from "../../scripts/json-lines";
import { exampleRoot, exampleStack, synthesized } from "../../testing/examples";
import { startTestAws } from "../../testing/local-aws";
import { startSharedProvider } from "../../testing/shared-provider";
import { projectRoot, terraform } from "../../testing/terraform";

interface PlanMessage {
  readonly type: string;
  readonly change?: { readonly action: string; readonly resource: { readonly resource_type: string } };
}

let localAws: LocalAws;
beforeAll(async () => {
  localAws = await startTestAws();
}, 360_000);
afterAll(() => localAws?.stop());

/** Plans with the real provider and counts the resources to create by type. Fails if the plan has other changes. */
async function planned(folder: string): Promise<Record<string, number>> {
  await terraform(folder, ["init", "-input=false"]);
  const provider = await startSharedProvider({ environment: localAws.environment, folder });
  const environment = { ...localAws.environment, ...provider.environment };
  const output = await terraform(folder, ["plan", "-input=false", "-json"], environment).finally(
    provider.stop,
  );
  const counts: Record<string, number> = {};
  for (const { type, change } of jsonLines<PlanMessage>(output.split("\n"))) {
    if (type !== "planned_change") continue;
    expect(change!.action).toBe("create");
    const { resource_type } = change!.resource;
    counts[resource_type] = (counts[resource_type] ?? 0) + 1;
  }
  return counts;
}

const inBothForms = (example: string): Promise<Record<string, number>>[] => [
  planned(exampleRoot(example)),
  exampleStack(example).then(planned),
];

test("plans the same resources from the HCL root, the stack and the app of the unified layout", async () => {
  const [root, stack, app] = await Promise.all([
    ...inBothForms("event-driven-ecs"),
    synthesized("main.ts", "event-driven-ecs").then(planned),
  ]);
  expect(root).toMatchObject({
    aws_vpc: 1,
    aws_subnet: 4,
    aws_ecs_cluster: 1,
    aws_ecs_task_definition: 1,
    aws_lambda_function: 1,
    aws_cloudwatch_event_rule: 3,
    aws_sqs_queue: 3,
  });
  expect(stack).toEqual(root);
  expect(app).toEqual(root);
}, 540_000);

test("plans the same resources from the module and the construct of one block", async () => {
  const [root, stack] = await Promise.all(inBothForms("one-construct"));
  expect(root).toEqual({
    aws_cloudwatch_metric_alarm: 2,
    aws_sqs_queue: 2,
    aws_sqs_queue_policy: 2,
    aws_sqs_queue_redrive_allow_policy: 1,
  });
  expect(stack).toEqual(root);
}, 540_000);

test("plans the same resources from the module and the construct of the policy runner", async () => {
  const [root, stack] = await Promise.all(inBothForms("policy-runner"));
  expect(root).toMatchObject({
    aws_ecr_repository: 1,
    aws_ecs_task_definition: 1,
    aws_lambda_function: 1,
    aws_s3_bucket: 3,
    aws_s3_object: 6,
    aws_cloudwatch_event_rule: 5,
  });
  expect(stack).toEqual(root);
}, 540_000);

test("plans the same resources from the module and the construct of the data scanner", async () => {
  const [root, stack] = await Promise.all(inBothForms("data-scanner"));
  expect(root).toMatchObject({
    aws_db_instance: 1,
    aws_ecs_service: 1,
    aws_instance: 1,
    aws_kms_key: 1,
    aws_lambda_function: 5,
    aws_lambda_invocation: 1,
    aws_subnet: 4,
  });
  expect(stack).toEqual(root);
}, 540_000);

test("plans the same resources from the module and the construct of the bottle sync", async () => {
  const [root, stack] = await Promise.all(inBothForms("bottle-sync"));
  expect(root).toMatchObject({
    aws_ecs_task_definition: 1,
    aws_lambda_function: 3,
    aws_s3_bucket: 2,
    aws_scheduler_schedule: 1,
    aws_secretsmanager_secret: 1,
  });
  expect(stack).toEqual(root);
}, 540_000);

// __tests__/long/patterns.test.ts applies them.
const patterns = ["engine-starter", "start-by-api", "start-by-schedule", "start-by-workflow"];

test("covers all examples", () => {
  expect(readdirSync(join(projectRoot, "examples")).sort()).toEqual(
    [...patterns, "bottle-sync", "data-scanner", "event-driven-ecs", "one-construct", "policy-runner"].sort(),
  );
});
