import type { App } from "cdktf";
import { ValidationError } from "../core/errors";
import { configureBackend } from "./backend";
import { SettingsError } from "./problem";
import { findSettings } from "./settings";
import { EventDrivenEcsStack } from "./stack";
import type { Environment } from "./variables";

/**
 * The stack of the app, with the settings in `folder` and `environment`.
 *
 * @throws SettingsError for every setting that is invalid, with its file and line.
 */
export function appStack(app: App, folder: string, environment: Environment): EventDrivenEcsStack {
  const { settings, located } = findSettings(folder, environment);
  const stack = refused(located, () => new EventDrivenEcsStack(app, "event-driven-ecs", settings));
  configureBackend(stack, folder);
  const problems = stack.node.findAll().flatMap((construct) => construct.node.validate());
  if (problems.length > 0) throw new SettingsError(problems.map(located));
  return stack;
}

function refused<T>(located: (message: string) => string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    throw new SettingsError([located(error.reason)]);
  }
}
