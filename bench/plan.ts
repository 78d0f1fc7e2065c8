import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { startLocalAws } from "../local/start-local-aws";
import { setup } from "../scripts/setup/index.cjs";
import { median, run } from "./measure";

export type PlanFigures = {
  /** Managed resources in the plan of the layout; the bare root has as many. */
  resources: number;
  layoutSeconds: number;
  bareSeconds: number;
  /** Time of the layout divided by that of the bare root. */
  ratio: number;
};

const repetitions = 5;
const root = join(__dirname, "..");

const shared = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: { region: "eu-west-1" } },
};

// With a relative path Terraform uses the module in place. It copies modules at other paths.
const layout = (folder: string) => ({
  ...shared,
  module: {
    engines: {
      source: relative(folder, join(root, "modules", "event-driven-ecs")),
      name: "engines",
      network: { availability_zones: ["eu-west-1a", "eu-west-1b"] },
      services: Object.fromEntries(
        ["auth", "pdf", "fa", "users", "batch"].map((service) => [
          service,
          { image: "example/engine:1", port: 8080, path: `/api/${service}/*` },
        ]),
      ),
      load_balancer: { protocol: "HTTP", ingress: { office: "10.0.0.0/8" } },
      events: { start: { source: ["custom.app"], detail_type: ["Start ECS Task"] } },
      stop_events: { stop: { source: ["custom.app"] } },
    },
  },
});

const bare = (resources: number) => ({
  ...shared,
  resource: {
    aws_sqs_queue: Object.fromEntries(
      Array.from({ length: resources }, (_, index) => [`q${index}`, { name: `q${index}` }]),
    ),
  },
});

/**
 * Measures `terraform plan` of the unified layout with five services behind a load balancer, and of a root with as many
 * queues without modules. Both are new; the time is from the start of the process to its end, against local AWS.
 */
export const measurePlan = async (): Promise<PlanFigures> => {
  const { terraform, environment } = setup();
  const localAws = await startLocalAws({ log: () => {} });
  const env = { ...process.env, ...environment, ...localAws.environment };
  const parent = join(root, ".local-aws");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "bench-plan-"));
  const make = async (name: string, content: (folder: string) => object): Promise<string> => {
    const made = join(folder, name);
    mkdirSync(made);
    writeFileSync(join(made, "main.tf.json"), JSON.stringify(content(made)));
    await run([terraform, `-chdir=${made}`, "init", "-input=false"], env);
    return made;
  };
  const plan = (made: string) => run([terraform, `-chdir=${made}`, "plan", "-input=false", "-no-color"], env);
  try {
    const layoutRoot = await make("layout", layout);
    const resources = plannedBy((await plan(layoutRoot)).output);
    const bareRoot = await make("bare", () => bare(resources));
    const seconds = new Map<string, number[]>([
      [layoutRoot, []],
      [bareRoot, []],
    ]);
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const [made, taken] of seconds) {
        const { startedAt, endedAt } = await plan(made);
        taken.push((endedAt - startedAt) / 1000);
      }
    }
    const [layoutSeconds, bareSeconds] = [...seconds.values()].map(median) as [number, number];
    return { resources, layoutSeconds, bareSeconds, ratio: layoutSeconds / bareSeconds };
  } finally {
    rmSync(folder, { recursive: true });
    await localAws.stop();
  }
};

function plannedBy(output: string): number {
  const [, count] = /Plan: (\d+) to add/.exec(output) ?? [];
  if (count === undefined) throw new Error(`The plan adds nothing:\n${output}`);
  return Number(count);
}
