import { App } from "cdktf";
import { configureBackend } from "./src/app/backend";
import { SettingsError } from "./src/app/problem";
import { readSettings } from "./src/app/settings";
import { EventDrivenEcsStack } from "./src/app/stack";

const folder = process.cwd();

try {
  const app = new App();
  const stack = new EventDrivenEcsStack(app, "event-driven-ecs", readSettings(folder, process.env));
  configureBackend(stack, folder);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
