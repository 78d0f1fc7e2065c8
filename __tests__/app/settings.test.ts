import { readSettings } from "../../src/app/settings";
import { folderWith } from "./folder";

const settings = (files: Readonly<Record<string, string>>, environment = {}) =>
  readSettings(folderWith(files), environment);

/** The lines of the error message for these files. */
function refusal(files: Readonly<Record<string, string>>, environment = {}): string[] {
  try {
    settings(files, environment);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  throw new Error("nothing was refused");
}

describe("without a file", () => {
  test("a layout that starts one service", () => {
    expect(settings({})).toEqual({
      region: "us-east-1",
      name: "event-driven-ecs",
      network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
      services: { hello: { image: expect.any(String), command: expect.any(Array) } },
      events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
    });
  });

  test("an empty AWS_REGION counts as not set", () => {
    expect(settings({}, { AWS_REGION: "" })).toEqual(settings({}));
  });

  test("the region is AWS_REGION", () => {
    const { region, network } = settings({}, { AWS_REGION: "eu-west-1" });
    expect({ region, network }).toEqual({
      region: "eu-west-1",
      network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
    });
  });
});

describe("has the precedence of Terraform", () => {
  // From weakest to strongest.
  const sources = [
    ["TF_VAR_name", "in-environment"],
    ["terraform.tfvars", 'name = "in-tfvars"'],
    ["terraform.tfvars.json", '{ "name": "in-json" }'],
    ["a.auto.tfvars", 'name = "in-a"'],
    ["b.auto.tfvars.json", '{ "name": "in-b" }'],
    ["c.auto.tfvars", 'name = "in-c"'],
  ] as const;
  const [[variable, value], ...files] = sources;

  test.each(sources.map(([source, text], index) => [source, text.match(/in-\w+/)![0], index] as const))(
    "%s has precedence over the sources before it",
    (_, expected, index) => {
      expect(settings(Object.fromEntries(files.slice(0, index)), { [variable]: value }).name).toBe(expected);
    },
  );

  test("a later source replaces the whole value of a map", () => {
    const { tags } = settings({
      "terraform.tfvars": 'tags = { team = "a", cost = "1" }',
      "x.auto.tfvars": 'tags = { team = "b" }',
    });
    expect(tags).toEqual({ team: "b" });
  });

  test("TF_VAR_ is plain text for a string and an expression for other types; unknown names are ignored", () => {
    const { name, tags, logRetentionDays, createNetwork } = settings(
      {},
      {
        TF_VAR_name: "${plain}",
        TF_VAR_tags: '{ team = "a" }',
        TF_VAR_log_retention_days: "30",
        TF_VAR_create_network: "false",
        TF_VAR_other: "x",
      },
    );
    expect({ name, tags, logRetentionDays, createNetwork }).toEqual({
      name: "${plain}",
      tags: { team: "a" },
      logRetentionDays: 30,
      createNetwork: false,
    });
  });
});

test("converts names to camelCase, but not the user's own keys", () => {
  const { services, tags, network, events } = settings({
    "terraform.tfvars": `
      network = { availability_zones = ["eu-west-1a"], private_subnet_cidrs = { eu-west-1a = "10.0.0.0/24" } }
      services = {
        my_service = {
          image = "x"
          readonly_root_filesystem = false
          environment = { my_var = "1" }
          secrets = { db_password = "arn" }
        }
      }
      events = { on_start = { detail_type = ["x_y"], detail = "{\\"a_b\\":[1]}" } }
      tags = { cost_center = "7" }`,
  });
  expect({ services, tags, network, events }).toEqual({
    services: {
      my_service: {
        image: "x",
        readonlyRootFilesystem: false,
        environment: { my_var: "1" },
        secrets: { db_password: "arn" },
      },
    },
    tags: { cost_center: "7" },
    network: { availabilityZones: ["eu-west-1a"], privateSubnetCidrs: { "eu-west-1a": "10.0.0.0/24" } },
    events: { on_start: { detailType: ["x_y"], detail: { a_b: [1] } } },
  });
});

test("converts values like Terraform, and treats null as not set", () => {
  const { services, name } = settings({
    "terraform.tfvars": `
      name = null
      services = { a = { image = "x", cpu = "512", port = null, environment = { PORT = 8080, ON = true } } }`,
  });
  expect(name).toBe("event-driven-ecs");
  expect(services).toEqual({ a: { image: "x", cpu: 512, environment: { PORT: "8080", ON: "true" } } });
});

test("refuses an unknown action on failure", () => {
  const services = (action: string) => `services = {
  auth = {
    image      = "x"
    on_failure = { action = ${action}, max_attempts = "2" }
  }
}`;
  expect(settings({ "terraform.tfvars": services("null") }).services).toEqual({
    auth: { image: "x", onFailure: { maxAttempts: 2 } },
  });
  expect(refusal({ "terraform.tfvars": services('"page"') })).toEqual([
    'terraform.tfvars:4: services.auth.on_failure.action is "page"; allowed: "alarm", "retry" or "dead_letter"',
  ]);
});

test("reports all problems at once, in the order of the file", () => {
  expect(
    refusal({
      "terraform.tfvars": `servces = {}
tags = ["a"]
services = {
  auth = {
    imag   = "x"
    cpu    = "lots"
    memory = true
  }
  pdf = "x"
}
network = {
  availability_zones = [
    "eu-west-1a",
    ["b"],
  ]
  nat = "two"
}
create_network = "maybe"
events = {
  a = { detail = "[]", preset = "guard" }
}
function_architecture = "x86"
alarm_actions = {}
`,
    }),
  ).toEqual([
    'terraform.tfvars:1: servces is not known; did you mean "services"? Allowed here: alarm_actions, bottle_sync, buffer, capacity_providers, create_cluster, create_file_system, create_monitoring, create_network, create_run_history, create_run_history_policy, data_scanner, deduplication_window_hours, events, existing_cluster, existing_file_system, existing_network, file_system, function_architecture, function_runtime, kms_key_arn, load_balancer, log_retention_days, name, names, network, policy_runner, region, roles, schedules, services, stop_events, tags',
    "terraform.tfvars:2: tags is a list; allowed: a map",
    "terraform.tfvars:4: services.auth.image is missing",
    'terraform.tfvars:5: services.auth.imag is not known; did you mean "image"? Allowed here: allow_overrides, architecture, capacity, command, container_depends_on, container_health_check, cpu, deregistration_delay_seconds, ebs_volume, egress, enable_execute_command, entry_point, environment, ephemeral_storage_gib, existing_execution_role, existing_infrastructure_role, existing_log_group, existing_task_role, grants, health_check, image, init_process, interruption_retries, linux_capabilities_add, linux_capabilities_drop, log_driver, log_options, log_secrets, memory, mount_path, network_mode, on_failure, path, plain_environment_names, policies, port, priority, pull_through_cache, readonly_root_filesystem, repository_arn, repository_credentials_arn, run_as_image_user, scratch_path, secrets, secrets_kms_key_arns, security_group_ids, sidecars, stickiness_seconds, stop_timeout_seconds, track_latest_revision, ulimits, user',
    'terraform.tfvars:6: services.auth.cpu is "lots"; allowed: a number',
    "terraform.tfvars:7: services.auth.memory is true; allowed: a number",
    'terraform.tfvars:9: services.pdf is "x"; allowed: a map',
    "terraform.tfvars:14: network.availability_zones.1 is a list; allowed: a string",
    'terraform.tfvars:16: network.nat is "two"; allowed: "none", "single" or "per_az"',
    'terraform.tfvars:18: create_network is "maybe"; allowed: true or false',
    'terraform.tfvars:20: events.a.detail is "[]"; allowed: the JSON text of an object',
    'terraform.tfvars:20: events.a.preset is "guard"; allowed: "security_hub", "security_hub_custom_action", "security_hub_v2", "guardduty", "config", "macie", "access_analyzer", "inspector" or "cloudtrail"',
    'terraform.tfvars:22: function_architecture is "x86"; allowed: "arm64" or "x86_64"',
    "terraform.tfvars:23: alarm_actions is a map; allowed: a list",
  ]);
});

test.each([
  [
    "x.auto.tfvars",
    'name = "a"\nregin = "b"',
    /^x\.auto\.tfvars:2: regin is not known; did you mean "region"\?/,
  ],
  ["terraform.tfvars.json", '{\n "tags": 7\n}', /^terraform\.tfvars\.json:2: tags is 7; allowed: a map$/],
  ["terraform.tfvars", "name = var.x", /^terraform\.tfvars:1: .*expressions are not allowed$/],
  ["terraform.tfvars.json", '{\n "tags": {,\n}', /^terraform\.tfvars\.json:2: /],
])("reports file and line of a problem in %s", (file, text, message) => {
  expect(refusal({ [file]: text })).toEqual([expect.stringMatching(message)]);
});

test("reports the variable of a problem in the environment", () => {
  expect(refusal({}, { TF_VAR_tags: "{ a = " })).toEqual([expect.stringMatching(/^TF_VAR_tags: /)]);
  expect(refusal({}, { TF_VAR_network: '{ nat = "two" }' })).toEqual([
    'TF_VAR_network: network.nat is "two"; allowed: "none", "single" or "per_az"',
  ]);
});
