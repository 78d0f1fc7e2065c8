import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import type { LocalAws } from "../../local";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, plan, projectRoot, type ResourceChange, terraform } from "../../testing/terraform";

const region = "us-east-1";
const families = ["from-parameter", "from-variable", "untracked"] as const;
const image = (family: string) =>
  family === "from-parameter" ? "${data.aws_ssm_parameter.image.insecure_value}" : "app:1";

let localAws: LocalAws;
let root: string;
let parameter: string;
let ecs: ECSClient;
/** Plans after a deployment of CI: of the same configuration, and of one with more memory. */
let same: Record<string, string>;
let changed: Record<string, string>;

const aws = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
  provider: { aws: { region, max_retries: 4 } },
};

function writeRoot(memory: number): void {
  const source = relative(root, join(projectRoot, "modules/task"));
  const task = (family: string) => ({
    source,
    name: family,
    cluster_arn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
    vpc_id: "${aws_vpc.this.id}",
    subnet_ids: ["subnet-0a1b2c3d4e5f60718"],
    image: image(family),
    track_latest_revision: family !== "untracked",
    memory,
  });
  const config = {
    ...aws,
    data: { aws_ssm_parameter: { image: { name: "/engines/image" } } },
    resource: { aws_vpc: { this: { cidr_block: "10.0.0.0/16" } } },
    module: Object.fromEntries(families.map((family) => [family, task(family)])),
  };
  writeFileSync(join(root, "main.tf.json"), JSON.stringify(config));
}

/** What CI does: it writes the parameter, then registers the newest revision with another image. */
async function deploy(tag: string): Promise<void> {
  await writeParameter(`app:${tag}`);
  for (const family of families) {
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }));
    const { containerDefinitions, cpu, memory, networkMode, requiresCompatibilities } = taskDefinition!;
    const { executionRoleArn, taskRoleArn, runtimePlatform, volumes } = taskDefinition!;
    const input: RegisterTaskDefinitionCommandInput = {
      family,
      containerDefinitions: containerDefinitions!.map((container) => ({ ...container, image: `app:${tag}` })),
      ...{
        cpu,
        memory,
        networkMode,
        requiresCompatibilities,
        executionRoleArn,
        taskRoleArn,
        runtimePlatform,
      },
      volumes,
    };
    await ecs.send(new RegisterTaskDefinitionCommand(input));
  }
}

async function writeParameter(value: string): Promise<void> {
  mkdirSync(parameter, { recursive: true });
  const resource = { aws_ssm_parameter: { image: { name: "/engines/image", type: "String", value } } };
  writeFileSync(join(parameter, "main.tf.json"), JSON.stringify({ ...aws, resource }));
  await terraform(parameter, ["init", "-input=false"]);
  await terraform(parameter, ["apply", "-auto-approve", "-input=false"], localAws.environment);
}

const imageIn = (definitions: unknown): string =>
  (JSON.parse(String(definitions)) as { image: string }[])[0]!.image;

/** What the plan does to each task definition: its actions, and the images before and after. */
async function planned(): Promise<Record<string, string>> {
  const changes = (await plan(root, localAws.environment)).filter(
    ({ type }) => type === "aws_ecs_task_definition",
  );
  const told = ({ change: { actions, before, after } }: ResourceChange): string => {
    const [old, next] = [before, after].map((values) => imageIn(values!.container_definitions));
    return actions.join() === "no-op" ? "nothing" : `${actions.join()}: ${old} to ${next}`;
  };
  return Object.fromEntries(
    changes.map((change) => [/^module\.([^.]+)/.exec(change.address)![1]!, told(change)]),
  );
}

beforeAll(async () => {
  root = emptyRoot("newest-revision");
  parameter = join(root, "parameter");
  localAws = await withSharedProvider(await startTestAws(), root);
  ecs = new ECSClient({
    region,
    endpoint: localAws.endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await writeParameter("app:1");
  writeRoot(512);
  await terraform(root, ["init", "-input=false"]);
  await terraform(root, ["apply", "-auto-approve", "-input=false"], localAws.environment);
  await deploy("2");
  same = await planned();
  writeRoot(1024);
  changed = await planned();
}, 600_000);

afterAll(() => localAws?.stop());

test("a revision that CI registered stays when both take the image from one parameter", () => {
  expect(same["from-parameter"]).toBe("nothing");
});

test("a plan that compares the newest revision shows that the configured image replaces that of CI", () => {
  expect(same["from-variable"]).toBe("create,delete: app:2 to app:1");
});

test("a plan that compares its own revision does not show it", () => {
  expect(same.untracked).toBe("nothing");
});

test("the next revision of Terraform has the image of the parameter, or of the configuration", () => {
  expect(changed).toEqual({
    "from-parameter": "create,delete: app:2 to app:2",
    "from-variable": "create,delete: app:2 to app:1",
    untracked: "create,delete: app:1 to app:1",
  });
});
