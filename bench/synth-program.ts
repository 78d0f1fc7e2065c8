import { App } from "cdktf";
import { EventDrivenEcsStack } from "../src/app/stack";
import { EventDrivenEcs, type EventDrivenEcsProps } from "../src/event-driven-ecs";

// The app's stack with copies of its layout. Usage: node <built file> <copies> <output folder>
const [copies, outdir] = process.argv.slice(2);

const layout = (name: string): EventDrivenEcsProps => ({
  name,
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2", port: 8080 } },
  events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
});

const app = new App({ outdir });
const stack = new EventDrivenEcsStack(app, "bench", { region: "us-east-1", ...layout("copy-1") });
for (let copy = 2; copy <= Number(copies); copy++) {
  new EventDrivenEcs(stack, `copy-${copy}`, layout(`copy-${copy}`));
}
app.synth();
console.log(`peak ${process.resourceUsage().maxRSS} KB`);
