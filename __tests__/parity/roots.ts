import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { maxRetries, region, sourceIn, writeRoot } from "../../testing/module-root";
import { inputsOf as inputType } from "../../testing/optional-inputs";
import { snakeCase } from "../../testing/snake-case";
import { blocks } from "./blocks";
import type { Block } from "./blocks/block";

/** Which settings of a block to take. */
export type Selection = (module: string, setting: string) => boolean;

const everySetting: Selection = () => true;

/** Writes an HCL root with every module in every setting. */
export function writeHclRoot(
  folder: string,
  selected: Selection = everySetting,
  ofBlocks: readonly Block[] = blocks,
): void {
  const settingsOf = (block: Block) =>
    Object.keys(block.settings)
      .filter((setting) => selected(block.module, setting))
      .map((setting) => [setting, snakeCase(block.inputs(setting)) as object] as const);
  const settings = ofBlocks.map((block) => [block.module, Object.fromEntries(settingsOf(block))] as const);
  writeRoot(folder, callEach(folder, settings));
}

/**
 * Calls modules once each, with an instance for each setting. Terraform reads and connects the parts of a module for each
 * call, so this takes a third of the processor time that a call for each setting takes.
 *
 * @param modules the inputs of each module by setting, as HCL has them
 */
export function callEach(
  folder: string,
  modules: readonly (readonly [module: string, settings: Readonly<Record<string, object>>])[],
): { locals: object; module: object } {
  const called = modules.filter(([, settings]) => Object.keys(settings).length > 0);
  const call = (module: string, settings: Readonly<Record<string, object>>) => ({
    source: sourceIn(folder, module),
    for_each: `\${local.${callOf(module)}}`,
    ...inputsOf(module, Object.values(settings)),
  });
  return {
    locals: Object.fromEntries(called.map(([module, settings]) => [callOf(module), settings])),
    module: Object.fromEntries(called.map(([module, settings]) => [callOf(module), call(module, settings)])),
  };
}

/**
 * Inputs by name. Optional ones that a setting leaves out are null, so equal plans show that null means "not set".
 * `try` would make an input unknown as a whole that is unknown in part, so it stands only where a setting lacks the input.
 */
const inputsOf = (module: string, settings: readonly object[]): Record<string, string> => {
  const optional = [...inputType(module).members].flatMap(([name, member]) =>
    member.optional ? [name] : [],
  );
  const inputs = new Set([...optional, ...settings.flatMap((given) => Object.keys(given))]);
  const expressionOf = (input: string) =>
    settings.every((given) => input in given)
      ? `each.value.${input}`
      : `try(each.value.${input}, ${notSet[module]?.[input] ?? null})`;
  return Object.fromEntries([...inputs].map((input) => [input, `\${${expressionOf(input)}}`]));
};

/** What stands for an input that a setting leaves out, where null is a value of its own. */
const notSet: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "file-system": { infrequent_access_after_days: 30 },
};

/** Label of the call of a module. */
const callOf = (module: string): string => module.replaceAll("/", "-");

/** Label of a module in one setting, in an HCL root. */
export const instanceOf = (module: string, setting: string): string => `${callOf(module)}["${setting}"]`;

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
