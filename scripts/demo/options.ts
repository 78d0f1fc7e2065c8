import { parseArgs } from "node:util";
import type { Form } from "./demo";

const demos = ["event-driven-ecs", "policy-runner", "data-scanner", "bottle-sync"] as const;

export interface DemoOptions {
  readonly demo: (typeof demos)[number];
  readonly form: Form;
  readonly json: boolean;
  readonly keep: boolean;
  /** 0: any free port. */
  readonly port: number;
}

export const usage = `npm run demo -- [event-driven-ecs | policy-runner | data-scanner | bottle-sync] [--hcl] [--json] [--keep] [--port <number>]

  event-driven-ecs   events start services behind a load balancer, and stop them (the default)
  policy-runner      a security finding runs a Cloud Custodian policy on the finding's resource
  data-scanner       an API call scans a bucket for sensitive data, by workers that come from zero
  bottle-sync        Homebrew's bottles are mirrored by a function and a task, and a client installs from the mirror

  --hcl    apply the HCL root in examples/ instead of the CDKTF app
  --json   print the summary as one JSON object on stdout, progress on stderr (with npm run demo --silent)
  --keep   leave local AWS up afterwards, and say how to look around
  --port   port of local AWS; without it, any free one`;

/** @throws Error naming the option that is not known or has a wrong value */
export function readOptions(args: readonly string[]): DemoOptions | "help" {
  const { values, positionals } = parse(args);
  if (values.help) return "help";
  const [name = demos[0], ...more] = positionals;
  const demo = demos.find((known) => known === name);
  if (demo === undefined || more.length > 0)
    throw new Error(`"${positionals.join(" ")}" is not a demo; the demos are: ${demos.join(", ")}.`);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535)
    throw new Error(`--port is "${values.port}"; it must be a number from 0 (any free port) to 65535.`);
  return { demo, form: values.hcl ? "hcl" : "cdktf", json: values.json, keep: values.keep, port };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        hcl: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        port: { type: "string", default: "0" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`);
  }
}
