import { App } from "cdktf";
import { appStacks } from "./src/app/app-stacks";
import { SettingsError } from "./src/app/problem";

try {
  const app = new App();
  appStacks(app, process.cwd(), process.env);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
