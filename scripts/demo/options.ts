import { parseArgs } from "node:util";

export interface DemoOptions {
  /** Which of the twins is applied. */
  readonly form: "cdktf" | "hcl";
  readonly json: boolean;
  readonly keep: boolean;
  /** 0: any free port. */
  readonly port: number;
}

export const usage = `npm run demo -- [--hcl] [--json] [--keep] [--port <number>]

  --hcl    apply the HCL root in examples/event-driven-ecs instead of the CDKTF app
  --json   print the summary as one JSON object on stdout, progress on stderr (with npm run demo --silent)
  --keep   leave local AWS up afterwards, and say how to look around
  --port   port of local AWS; without it, any free one`;

/** @throws Error naming the option that is not known or has a wrong value */
export function readOptions(args: readonly string[]): DemoOptions | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535)
    throw new Error(`--port is "${values.port}"; it must be a number from 0 (any free port) to 65535.`);
  return { form: values.hcl ? "hcl" : "cdktf", json: values.json, keep: values.keep, port };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
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
