import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { checkovSkips } from "../../scripts/checkov-skips";
import { moduleNames } from "../../scripts/module-names";
import { ensurePython } from "../../scripts/setup/index.cjs";
import { Bastion } from "../../src/bastion";
import { Database } from "../../src/database";
import { EcsService } from "../../src/ecs-service";
import { EventDrivenEcs } from "../../src/event-driven-ecs";
import { Repository } from "../../src/repository";
import { RestApi } from "../../src/rest-api";
import { BottleSync } from "../../src/systems/bottle-sync";
import { DataScanner } from "../../src/systems/data-scanner";
import { Workflow } from "../../src/workflow";
import { emptyRoot, projectRoot } from "../../testing/terraform";

interface Check {
  readonly check_id: string;
  readonly file_path: string;
  readonly resource: string;
}

interface Report {
  readonly summary: { readonly parsing_errors: number };
  readonly results: { readonly passed_checks: Check[]; readonly failed_checks: Check[] };
}

const execute = promisify(execFile);

async function checkov(
  folder: string,
  framework: "terraform" | "terraform_json",
  ...options: readonly string[]
): Promise<Report> {
  const { stdout } = await execute(
    join(dirname(ensurePython()), "checkov"),
    [
      ...["--directory", folder, "--framework", framework, "--output", "json", "--soft-fail"],
      ...["--download-external-modules", "false", "--skip-download", "--skip-path", "tests/"],
      ...options,
    ],
    { cwd: folder, maxBuffer: 1 << 28 },
  );
  return JSON.parse(stdout) as Report;
}

const modules = moduleNames();
const skips = checkovSkips();

/** A finding and a skip have the same name when the one is the reason for the other. */
const nameOf = (module: string, resource: string, check: string): string => {
  const [, address = resource] = /(aws_\w+\.\w+)(\[.*\])?$/.exec(resource) ?? [];
  return `${module}: ${address}: ${check}`;
};
const written = skips.map(({ module, resource, check }) => nameOf(module, resource, check));

/** Copies of the modules that cannot find each other, so that each is read with its own defaults; and bare of skips. */
function bareModules(): string {
  const root = emptyRoot("checkov-modules");
  for (const module of modules) {
    const copy = join(root, `bare-${module.replace("/", "-")}`);
    cpSync(join(projectRoot, "modules", module), copy, { recursive: true });
    for (const file of readdirSync(copy).filter((name) => name.endsWith(".tf"))) {
      const hcl = readFileSync(join(copy, file), "utf8");
      writeFileSync(join(copy, file), hcl.replace(/^ *#checkov:skip=.*\n/gm, ""));
    }
  }
  return root;
}

const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:start-task";
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef";

/** A stack with every construct, and which resource of which module the twin of each of its resources is. */
function synthesizedStack(): { folder: string; twins: Map<string, { module: string; address: string }> } {
  const outdir = emptyRoot("checkov-stack");
  const app = new App({ outdir, analyticsReporting: false } as object);
  const stack = new TerraformStack(app, "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  const layout = new EventDrivenEcs(stack, "layout", {
    name: "layout",
    network: {
      availabilityZones: ["us-east-1a", "us-east-1b"],
      nat: "per_az",
      interfaceEndpoints: ["logs"],
    },
    services: { hello: { image: "hello:1", port: 8080, path: "/*", mountPath: "/mnt/shared" } },
    loadBalancer: { certificateArn, ingress: { office: "203.0.113.0/24" }, deletionProtection: false },
    events: { start: { source: ["custom.app"] } },
    buffer: true,
    schedules: { day: { expression: "rate(1 day)", start: ["hello"], stop: ["hello"] } },
    stopEvents: { stop: { source: ["custom.app"] } },
  });
  const alone = [
    new RestApi(stack, "api", {
      name: "api",
      routes: { "POST /start": { functionArn, functionName: "start-task" } },
    }),
    new Bastion(stack, "bastion", {
      name: "bastion",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetId: "subnet-0a1b2c3d4e5f60718",
      targets: { database: { address: "db.example.com", securityGroupId: "sg-0a1b2c3d4e5f60718" } },
    }),
    new Database(stack, "database", {
      name: "database",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
      createMasterSecret: false,
      existingMasterSecret: { arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:database-AbCdEf" },
      readReplicas: { reader: {} },
      createProxy: true,
    }),
    new EcsService(stack, "service", {
      name: "worker",
      route: {
        clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
        containerName: "worker",
        subnetIds: ["subnet-0a1b2c3d4e5f60718"],
        securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
        taskRoleName: "worker-task",
      },
      taskDefinitionArn: "arn:aws:ecs:us-east-1:123456789012:task-definition/worker:7",
      scaling: { min: 0, max: 10, queueDepth: { queueName: "jobs", messagesPerTask: 5 } },
    }),
    new Repository(stack, "repository", { name: "engines/hello" }),
    new DataScanner(stack, "scanner", {
      name: "scanner",
      network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
      image: "scanner:1",
      logRetentionDays: 365,
    }),
    new BottleSync(stack, "bottles", {
      name: "bottles",
      network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
      image: "worker:1",
      logRetentionDays: 365,
    }),
    new Workflow(stack, "workflow", { name: "workflow", functionArn }),
  ];
  app.synth();
  const twins = [layout, ...alone]
    .flatMap(({ twinAddresses }) => [...twinAddresses])
    .map(([address, resource]) => {
      const construct = resource.node.scope!.constructor.name;
      const block = construct.replace(/\B[A-Z]/g, "-$&").toLowerCase();
      const module = modules.includes(`systems/${block}`) ? `systems/${block}` : block;
      return [resource.friendlyUniqueId, { module, address }] as const;
    });
  return { folder: join(outdir, "stacks", "stack"), twins: new Map(twins) };
}

let asTheyStand: Report;
let bare: Report;
let stack: Report;
const { folder: stackFolder, twins } = synthesizedStack();

beforeAll(async () => {
  [asTheyStand, bare, stack] = await Promise.all([
    // The layout, `ecs` and the systems repeat these modules, which takes checkov as long again; their own resources are in
    // `bare`. The default of `ecs`, logs for 30 days (CKV_AWS_338), is that of the module whose inputs it has.
    checkov(join(projectRoot, "modules"), "terraform", "--skip-path", "systems/|event-driven-ecs/|/ecs/"),
    checkov(bareModules(), "terraform"),
    checkov(stackFolder, "terraform_json"),
  ]);
}, 540_000);

const moduleOf = ({ file_path }: Check): string =>
  file_path
    .split("/")[1]!
    .replace(/^bare-/, "")
    .replace(/^systems-/, "systems/");
const twinOf = ({ resource }: Check) => twins.get(resource.split(".").at(-1)!);
const inModules = (check: Check): string => nameOf(moduleOf(check), check.resource, check.check_id);
const inStack = (check: Check): string => {
  const { module, address } = twinOf(check) ?? { module: "stack", address: check.resource };
  return nameOf(module, address, check.check_id);
};
const failedOf = (report: Report, name: (check: Check) => string): string[] => [
  ...new Set(report.results.failed_checks.map(name)),
];

test("checkov reads every module and every construct", () => {
  // These make nothing but modules, the registrar beside them nothing that checkov has a check for.
  const without = ["ecs", "event-driven-ecs", "registrar", "systems/engine-starter", "systems/policy-runner"];
  const own = modules.filter((module) => !without.includes(module));
  const seen = (report: Report, module: (check: Check) => string | undefined) =>
    [...new Set(report.results.passed_checks.map(module))].filter((name) => name !== undefined).sort();
  expect(seen(bare, moduleOf)).toEqual(own);
  // Of the bottle sync's own resource, a secret, both checks are findings with a written reason.
  const passing = own.filter((module) => module !== "systems/bottle-sync");
  expect(seen(stack, (check) => twinOf(check)?.module)).toEqual(passing);
  for (const report of [asTheyStand, bare, stack]) {
    expect(report.summary.parsing_errors).toBe(0);
    expect(report.results.passed_checks.length).toBeGreaterThan(100);
  }
});

test("the modules as they stand have no finding", () => {
  expect(failedOf(asTheyStand, inModules)).toEqual([]);
});

test("a module alone, with its defaults, has no finding without a written reason", () => {
  expect(failedOf(bare, inModules).filter((finding) => !written.includes(finding))).toEqual([]);
});

test("the synthesized stack has no finding without a reason written in the module that is its twin", () => {
  expect(failedOf(stack, inStack).filter((finding) => !written.includes(finding))).toEqual([]);
});

test("every written reason is one, and is still needed", () => {
  expect(skips.filter(({ reason }) => reason.split(" ").length < 4)).toEqual([]);
  const findings = [...failedOf(bare, inModules), ...failedOf(stack, inStack)];
  expect(written.filter((skip) => !findings.includes(skip))).toEqual([]);
});
