import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { snakeCase } from "../../testing/snake-case";
import { projectRoot } from "../../testing/terraform";
import { blocks } from "./blocks";
import type { Block } from "./blocks/block";

const region = "us-east-1";

/** Without it a call that the emulator does not know would look like a hang. */
const maxRetries = 4;

/** Which settings of a block to take. */
export type Selection = (module: string, setting: string) => boolean;

const everySetting: Selection = () => true;

/**
 * Writes an HCL root that calls every module once, with an instance for each setting. Terraform reads and connects the parts
 * of a module for each call, so this takes a third of the processor time that a call for each setting takes.
 */
export function writeHclRoot(
  folder: string,
  selected: Selection = everySetting,
  ofBlocks: readonly Block[] = blocks,
): void {
  const locals: Record<string, object> = {};
  const calls: Record<string, object> = {};
  for (const block of ofBlocks) {
    const settings = Object.keys(block.settings)
      .filter((setting) => selected(block.module, setting))
      .map((setting) => [setting, snakeCase(block.inputs(setting)) as object] as const);
    if (settings.length === 0) continue;
    const inputs = new Set(settings.flatMap(([, given]) => Object.keys(given)));
    const label = callOf(block.module);
    locals[label] = Object.fromEntries(settings);
    calls[label] = {
      source: sourceIn(folder, block.module),
      for_each: `\${local.${label}}`,
      ...Object.fromEntries(
        [...inputs].map((input) => [
          input,
          `\${try(each.value.${input}, ${notSet[block.module]?.[input] ?? null})}`,
        ]),
      ),
    };
  }
  writeRoot(folder, { locals, module: calls });
}

/** What stands for an input that a setting leaves out, where null is a value of its own. */
const notSet: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "file-system": { infrequent_access_after_days: 30 },
};

/** Label of the call of a module, in an HCL root of {@link writeHclRoot}. */
export const callOf = (module: string): string => module.replaceAll("/", "-");

/** Label of a module in one setting, in an HCL root of {@link writeHclRoot}. */
export const instanceOf = (module: string, setting: string): string => `${callOf(module)}["${setting}"]`;

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
      const module = `module.${instanceOf(block.module, setting)}`;
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
