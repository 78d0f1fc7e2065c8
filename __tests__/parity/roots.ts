import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { snakeCase } from "../../testing/snake-case";
import { projectRoot } from "../../testing/terraform";
import { blocks } from "./blocks";
import { type Block, labelOf } from "./blocks/block";

const region = "us-east-1";

/** Without it a call that the emulator does not know would look like a hang. */
const maxRetries = 4;

/** Which settings of a block to take. */
export type Selection = (module: string, setting: string) => boolean;

const everySetting: Selection = () => true;

/** Writes an HCL root that calls every module in every setting. */
export function writeHclRoot(
  folder: string,
  selected: Selection = everySetting,
  ofBlocks: readonly Block[] = blocks,
): void {
  const calls = ofBlocks.flatMap((block) =>
    Object.keys(block.settings)
      .filter((setting) => selected(block.module, setting))
      .map((setting) => [
        labelOf(block.module, setting),
        {
          source: sourceIn(folder, block.module),
          ...(snakeCase(block.inputs(setting)) as object),
        },
      ]),
  );
  writeRoot(folder, { module: Object.fromEntries(calls) });
}

/**
 * Writes an HCL root with one call of the block's module, which has an instance for each setting. Terraform reads and connects the
 * parts of a module once for each call, so this takes a third of the processor time that 20 calls take.
 */
export function writeInstancesRoot(folder: string, block: Block): void {
  const settings = Object.keys(block.settings).map(
    (setting) => [setting, snakeCase(block.inputs(setting)) as object] as const,
  );
  const inputs = new Set(settings.flatMap(([, given]) => Object.keys(given)));
  const call = {
    source: sourceIn(folder, block.module),
    for_each: "${local.settings}",
    ...Object.fromEntries([...inputs].map((input) => [input, `\${try(each.value.${input}, null)}`])),
  };
  writeRoot(folder, {
    locals: { settings: Object.fromEntries(settings) },
    module: { settings: call },
  });
}

/** Label of the instance of one setting in {@link writeInstancesRoot}. */
export const instanceOf = (_module: string, setting: string): string => `settings["${setting}"]`;

const sourceIn = (folder: string, module: string): string =>
  `./${relative(folder, join(projectRoot, "modules", module))}`.replace("./..", "..");

function writeRoot(folder: string, content: object): void {
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    provider: { aws: { region, max_retries: maxRetries } },
    ...content,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root, null, 2));
}

/** Synthesizes every construct in every setting into one stack, for an HCL root whose calls have the labels `label`. */
export function synthesizeConstructs(
  outdir: string,
  options: { adopt: boolean; selected?: Selection; blocks?: readonly Block[]; label?: typeof labelOf },
): { folder: string; statePath: string; addresses: Map<string, string> } {
  const app = new App({ outdir, analyticsReporting: false } as object);
  const stack = new TerraformStack(app, "constructs");
  const statePath = join(outdir, "terraform.tfstate");
  new LocalBackend(stack, { path: statePath });
  new AwsProvider(stack, "aws", { region, maxRetries });
  const addresses = new Map<string, string>();
  for (const block of options.blocks ?? blocks) {
    for (const setting of Object.keys(block.settings)) {
      if (!(options.selected ?? everySetting)(block.module, setting)) continue;
      const construct = block.construct(stack, setting);
      const module = `module.${(options.label ?? labelOf)(block.module, setting)}`;
      if (options.adopt) construct.adoptFrom(module);
      for (const [address, resource] of construct.twinAddresses) {
        addresses.set(
          `${module}.${address}`,
          `${resource.terraformResourceType}.${resource.friendlyUniqueId}`,
        );
      }
    }
  }
  app.synth();
  return { folder: join(outdir, "stacks", "constructs"), statePath, addresses };
}
