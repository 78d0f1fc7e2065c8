import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type CostOptions, estimateCost } from "../../cli/cost/estimate";
import type { EventCosts } from "../../cli/cost/events";
import table from "../../cli/cost/prices.json";
import { commandLineProgram } from "../../testing/command-line";
import { folderWith } from "./folder";

type Values = Record<string, unknown>;

const resource = (address: string, values: Values = {}) => ({
  address,
  mode: "managed",
  type: address.split(".")[0],
  values,
});

const worker = {
  family: "worker",
  cpu: "256",
  memory: "512",
  container_definitions: '[{"image":"ghcr.io/acme/worker:1","name":"worker"}]',
};

/** A plan with resources in the root and in a module. */
const planWith = (
  resources: object[],
  inModule: object[] = [],
  region: object | undefined = { constant_value: "us-east-1" },
) =>
  JSON.stringify({
    planned_values: { root_module: { resources, child_modules: [{ resources: inModule }] } },
    configuration: { provider_config: { aws: { expressions: { region } } } },
  });

const cost = (plan: string, options: Partial<CostOptions> = {}) =>
  estimateCost({
    plan: join(folderWith({ "plan.json": plan }), "plan.json"),
    taskSeconds: 120,
    imageMb: 100,
    ...options,
  });

test("states what is paid by the hour or month, without any event", () => {
  const plan = planWith(
    [
      resource("aws_nat_gateway.this"),
      resource("aws_eip.this"),
      resource("aws_lb.public", { internal: false, subnets: ["a", "b", "c"] }),
      resource("aws_vpc_endpoint.s3", { vpc_endpoint_type: "Gateway" }),
      resource("aws_sqs_queue.this"),
      { ...resource("aws_kms_key.read"), mode: "data" },
    ],
    [resource("aws_cloudwatch_metric_alarm.a"), resource("aws_cloudwatch_metric_alarm.b")],
  );
  const result = cost(plan);
  expect(result.idlePerMonth.items).toEqual([
    { item: "NAT gateway", count: 1, unitCost: 32.85, cost: 32.85 },
    { item: "load balancer, without traffic", count: 1, unitCost: 16.425, cost: 16.425 },
    { item: "public IPv4 address", count: 4, unitCost: 3.65, cost: 14.6 },
    { item: "alarm", count: 2, unitCost: 0.1, cost: 0.2 },
  ]);
  expect(result.idlePerMonth.cost).toBeCloseTo(64.075);
  expect(result).toMatchObject({ region: "us-east-1", pricesOf: table.date, notPriced: [] });
});

test("prices an alarm by its metrics", () => {
  const metric_query = [{ expression: "MAX([cpu, memory])", metric: [] }, { metric: [{}] }, { metric: [{}] }];
  const alarms = [
    resource("aws_cloudwatch_metric_alarm.one", { metric_name: "Errors", metric_query: [] }),
    resource("aws_cloudwatch_metric_alarm.two", { metric_query }),
  ];
  expect(cost(planWith(alarms)).idlePerMonth.items).toEqual([
    { item: "alarm on 2 metrics", count: 1, unitCost: 0.2, cost: 0.2 },
    { item: "alarm", count: 1, unitCost: 0.1, cost: 0.1 },
  ]);
});

test("prices the provisioned throughput of a file system, which is paid while nothing happens", () => {
  const itemsOf = (values: Values) =>
    cost(planWith([resource("aws_efs_file_system.this", values)])).idlePerMonth.items;
  expect(itemsOf({ throughput_mode: "provisioned", provisioned_throughput_in_mibps: 100 })).toEqual([
    { item: "MiB/s of a file system's throughput", count: 100, unitCost: 6, cost: 600 },
  ]);
  expect(itemsOf({ throughput_mode: "bursting", provisioned_throughput_in_mibps: 0 })).toEqual([]);
});

test("prices 17.3 hours a month of a task of 2 vCPU and 8 GB, four hours a week", () => {
  const task = { ...worker, cpu: "2048", memory: "8192" };
  const { perThousandEvents } = cost(planWith([resource("aws_ecs_task_definition.this", task)]), {
    taskSeconds: 4 * 3600,
  });
  const fargate = perThousandEvents[0]!.items.find(({ item }) => item === "Fargate")!;
  expect((fargate.cost / 1000) * (52 / 12)).toBeCloseTo(2.02);
});

const database = {
  identifier: "scanner",
  engine: "postgres",
  instance_class: "db.t3.micro",
  allocated_storage: 20,
  manage_master_user_password: true,
};

test("prices a database with its storage and secret, a standby and a read replica", () => {
  const itemsOf = (...resources: object[]) =>
    cost(planWith(resources)).idlePerMonth.items.map(({ item, count }) => [item, count]);
  const { idlePerMonth, notPriced } = cost(planWith([resource("aws_db_instance.this", database)]));
  expect(idlePerMonth.cost).toBeCloseTo(13.14 + 2.3 + 0.4);
  expect(notPriced).toEqual([]);
  const standby = resource("aws_db_instance.this", { ...database, multi_az: true });
  const replica = resource('aws_db_instance.replica["reader"]', {
    instance_class: "db.t4g.micro",
    replicate_source_db: "scanner",
  });
  expect(itemsOf(standby, replica)).toEqual([
    ["database instance db.t3.micro", 2],
    ["database instance db.t4g.micro", 1],
    ["GB of database storage", 60],
    ["secret", 1],
  ]);
  const large = resource("aws_db_instance.this", { ...database, instance_class: "db.m7g.large" });
  expect(cost(planWith([large])).notPriced).toEqual(["aws_db_instance.this"]);
});

test("prices a bastion by whether its module stops it", () => {
  const values = {
    instance_type: "t4g.nano",
    associate_public_ip_address: true,
    root_block_device: [{ volume_size: 8 }],
  };
  const bastion = (state: string, more: Values = {}) => [
    resource("module.bastion.aws_instance.this", { ...values, ...more }),
    resource("module.bastion.aws_ec2_instance_state.this", { state }),
    resource("module.other.aws_ec2_instance_state.this", { state: "stopped" }),
  ];
  // The type of a resource in a module is not the beginning of its address.
  const typed = (resources: { address: string }[]) =>
    resources.map((each) => ({ ...each, type: /\.(aws_\w+)\./.exec(each.address)![1] }));
  const itemsOf = (state: string, more?: Values) => {
    const { idlePerMonth, notPriced } = cost(planWith([], typed(bastion(state, more))));
    return { items: idlePerMonth.items.map(({ item, count }) => [item, count]), notPriced };
  };
  expect(itemsOf("stopped")).toEqual({ items: [["GB of a volume", 8]], notPriced: [] });
  expect(itemsOf("running").items).toEqual([
    ["public IPv4 address", 1],
    ["instance t4g.nano", 1],
    ["GB of a volume", 8],
  ]);
  const large = itemsOf("running", { instance_type: "m7g.large" });
  expect(large).toEqual({ items: [], notPriced: ["module.bastion.aws_instance.this"] });
});

test("an event of a quarter vCPU and half a GB for two minutes costs what the price list says", () => {
  const [{ family, items }] = cost(planWith([resource("aws_ecs_task_definition.worker", worker)]))
    .perThousandEvents as [EventCosts];
  expect(family).toBe("worker");
  const fargate = items.find(({ item }) => item === "Fargate")!.cost;
  expect(fargate).toBeCloseTo((1000 * 120 * (0.25 * 0.04048 + 0.5 * 0.004445)) / 3600);
});

test("a task on container instances has no costs of its own", () => {
  const onInstances = { ...worker, requires_compatibilities: ["EC2"] };
  expect(cost(planWith([resource("aws_ecs_task_definition.worker", onInstances)])).perThousandEvents).toEqual(
    [],
  );
});

test.each([
  ["an image of another registry through the NAT gateway", worker, 1000 * 0.1 * 0.045],
  [
    "no NAT gateway for an image in Amazon ECR",
    {
      ...worker,
      container_definitions: '[{"image":"123456789012.dkr.ecr.us-east-1.amazonaws.com/worker:1"}]',
    },
    undefined,
  ],
])("counts %s", (_, values, expected) => {
  const plan = planWith([
    resource("aws_ecs_task_definition.worker", values),
    resource("aws_nat_gateway.this"),
  ]);
  const result = cost(plan);
  const [{ items }] = result.perThousandEvents as [EventCosts];
  const pull = items.find(({ item }) => item.startsWith("image"))?.cost;
  if (expected === undefined) expect(pull).toBeUndefined();
  else expect(pull).toBeCloseTo(expected);
});

/** The command itself. */
function command(plan: string, ...args: string[]) {
  const folder = folderWith({ "plan.json": plan });
  return spawnSync(
    process.execPath,
    [commandLineProgram(), "cost", "--plan", join(folder, "plan.json"), ...args],
    { encoding: "utf8" },
  );
}

test("names what it has no price for, and its assumptions", () => {
  const { stdout } = command(
    planWith([resource("aws_db_instance.this"), resource("aws_ecs_task_definition.worker", worker)]),
  );
  expect(stdout).toContain("Not priced, and not free: aws_db_instance.this");
  expect(stdout).toContain("A task runs for 120 s (--task-seconds)");
  expect(stdout).toContain(`Prices of ${table.date}.`);
});

test("refuses task seconds that are no number", () => {
  const { status, stderr } = command(planWith([]), "--task-seconds", "long");
  expect(stderr).toContain("expected a number, 0 or more");
  expect(status).toBe(2);
});

test("takes another region, and a table of one's own", () => {
  const plan = planWith([resource("aws_nat_gateway.this")]);
  expect(cost(plan, { region: "eu-central-1" }).idlePerMonth.cost).toBeCloseTo(0.052 * 730);
  const prices = { ...table.regions["us-east-1"], natGatewayHour: 1 };
  const folder = folderWith({
    "prices.json": JSON.stringify({ ...table, regions: { "us-east-1": prices } }),
  });
  expect(cost(plan, { prices: join(folder, "prices.json") }).idlePerMonth.cost).toBe(730);
});

test.each<[string, string, Partial<CostOptions>, string]>([
  ["a binary plan", "PK\u0003\u0004", {}, "this is a binary plan, not JSON; make it with `terraform plan"],
  ["other JSON", "{}", {}, "expected a plan in JSON, found no planned_values"],
  ["other text", "plan", {}, "expected a plan in JSON, found other text"],
  ["a missing file", "", { plan: "nowhere.json" }, "nowhere.json: there is no such file"],
  [
    "a region without prices",
    planWith([]),
    { region: "mars-1" },
    'The price table has no region "mars-1"; it has us-east-1, eu-west-1, eu-central-1;',
  ],
  ["no price table", planWith([]), { prices: __filename }, "expected JSON, found other text"],
])("refuses %s", (_, plan, options, message) => {
  expect(() => cost(plan, options)).toThrow(message);
});

test("refuses a plan without a region", () => {
  const { AWS_REGION: before } = process.env;
  delete process.env.AWS_REGION;
  try {
    expect(() => cost(planWith([], [], {}))).toThrow("The plan names no region as a literal");
  } finally {
    if (before !== undefined) process.env.AWS_REGION = before;
  }
});
