import type { App, TerraformStack } from "cdktf";
import { ValidationError } from "../core/errors";
import { configureBackend, refuseSharedBackend } from "./backend";
import { BottleSyncStack } from "./bottle-sync-stack";
import { DataScannerStack } from "./data-scanner-stack";
import { PolicyRunnerStack } from "./policy-runner-stack";
import { SettingsError } from "./problem";
import { findSettings } from "./settings";
import { EventDrivenEcsStack } from "./stack";
import type { Environment } from "./variables";

/**
 * The stacks of the app, with the settings in `folder` and `environment`: those of the systems whose variables are set
 * (`policy_runner`, `data_scanner`, `bottle_sync`), and that of the unified layout, unless only these are asked for.
 *
 * @throws SettingsError for every setting that is invalid, with its file and line.
 */
export function appStacks(app: App, folder: string, environment: Environment): TerraformStack[] {
  const { settings, located, makesLayout, runner, scanner, sync } = findSettings(folder, environment);
  const made = { services: makesLayout, policy_runner: runner, data_scanner: scanner, bottle_sync: sync };
  refuseSharedBackend(
    folder,
    Object.entries(made).flatMap(([variable, settings]) => (settings ? [variable] : [])),
  );
  const stacks: TerraformStack[] = [];
  const problems: string[] = [];
  const add = (find: (message: string) => string, make: () => TerraformStack): void => {
    const stack = refused(find, make);
    configureBackend(stack, folder);
    stacks.push(stack);
    problems.push(...stack.node.findAll().flatMap((construct) => construct.node.validate().map(find)));
  };
  if (makesLayout) add(located, () => new EventDrivenEcsStack(app, "event-driven-ecs", settings));
  if (runner) add(runner.located, () => new PolicyRunnerStack(app, "policy-runner", runner.settings));
  if (scanner) add(scanner.located, () => new DataScannerStack(app, "data-scanner", scanner.settings));
  if (sync) add(sync.located, () => new BottleSyncStack(app, "bottle-sync", sync.settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return stacks;
}

function refused<T>(located: (message: string) => string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new SettingsError([located(error.reason)]);
  }
}
