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
          source: `./${relative(folder, join(projectRoot, "modules", block.module))}`.replace("./..", ".."),
          ...(snakeCase(block.inputs(setting)) as object),
        },
      ]),
  );
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    provider: { aws: { region, max_retries: maxRetries } },
    module: Object.fromEntries(calls),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root, null, 2));
}

/** Synthesizes every construct in every setting into one stack. */
export function synthesizeConstructs(
  outdir: string,
  options: { adopt: boolean; selected?: Selection; blocks?: readonly Block[] },
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
      const module = `module.${labelOf(block.module, setting)}`;
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
