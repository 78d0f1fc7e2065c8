/**
 * Writes the names of the IANA time zone database of this machine into `modules/schedule` and `src/schedule`, since neither
 * Terraform nor every Node.js knows which there are.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DATABASE = "/usr/share/zoneinfo/tzdata.zi";

const text = readFileSync(DATABASE, "utf8");
const [, release] = /^# version (\S+)/.exec(text) ?? [];
if (!release) throw new Error(`${DATABASE} does not begin with its version.`);

// "Factory" stands for a machine without a time zone.
const names = [...text.matchAll(/^(?:Z|L \S+) (\S+)/gm)]
  .map(([, name]) => name!)
  .filter((name) => name !== "Factory")
  .sort();

const list = (indent: string): string => names.map((name) => `${indent}"${name}",\n`).join("");
const made = `Made by \`npm run time-zones\` from release ${release} of the IANA time zone database`;
const root = join(__dirname, "..");

writeFileSync(
  join(root, "modules/schedule/time-zones.tf"),
  `# ${made}.\n\nlocals {\n  time_zones = toset([\n${list("    ")}  ])\n}\n`,
);
writeFileSync(
  join(root, "src/schedule/time-zones.ts"),
  `/** Every name of a time zone. ${made}. */\nexport const timeZones: ReadonlySet<string> = new Set([\n${list("  ")}]);\n`,
);
