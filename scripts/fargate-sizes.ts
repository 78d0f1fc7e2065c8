/** The sizes of Fargate tasks, from `fargate-sizes.json`, as the sources of modules, constructs and local AWS. */
import { memoryByCpu, readAt, source } from "./fargate-sizes.json";

type Memory = readonly number[] | { readonly from: number; readonly to: number; readonly step: number };

const sizes = Object.entries(memoryByCpu) as [string, Memory][];
const isRange = (memory: Memory): memory is Exclude<Memory, readonly number[]> => !Array.isArray(memory);

const made = `Made by \`npm run docs\` from scripts/fargate-sizes.json: ${source}, read on ${readAt}.`;

/** CPU units that Fargate supports. */
export const fargateCpus: readonly number[] = sizes.map(([cpu]) => Number(cpu));

const inHcl = (memory: Memory): string =>
  isRange(memory) ? `range(${memory.from}, ${memory.to + 1}, ${memory.step})` : `[${memory.join(", ")}]`;

const inTypeScript = (memory: Memory): string =>
  isRange(memory) ? `steps(${memory.from}, ${memory.to}, ${memory.step})` : `[${memory.join(", ")}]`;

const hcl = (more: readonly string[] = []): string =>
  [
    `# ${made}`,
    "",
    "locals {",
    "  # Memory in MiB that Fargate supports, by CPU units.",
    "  fargate_memory = {",
    ...sizes.map(([cpu, memory]) => `    ${`"${cpu}"`.padEnd(7)} = ${inHcl(memory)}`),
    "  }",
    ...more,
    "}",
    "",
  ].join("\n");

const typeScript = [
  `// ${made}`,
  "",
  "const steps = (from: number, to: number, step: number): number[] =>",
  "  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);",
  "",
  "/** Memory in MiB that Fargate supports, by CPU units. */",
  "export const fargateMemory: ReadonlyMap<number, readonly number[]> = new Map([",
  ...sizes.map(([cpu, memory]) => `  [${cpu}, ${inTypeScript(memory)}],`),
  "]);",
  "",
].join("\n");

/** The text of each file that has the sizes. */
export const fargateSizesSources: readonly (readonly [string, string])[] = [
  ["modules/task/fargate-memory.tf", hcl([`  fargate_cpus = [${fargateCpus.join(", ")}]`])],
  ["modules/ecs/fargate-memory.tf", hcl()],
  ["src/task/fargate-memory.ts", typeScript],
  ["local/ecs/fargate-memory.ts", typeScript],
];
