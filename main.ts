import { App } from "cdktf";
import { appStack } from "./src/app/app-stack";
import { SettingsError } from "./src/app/problem";

try {
  const app = new App();
  appStack(app, process.cwd(), process.env);
  app.synth();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
