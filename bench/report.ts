import { cpus } from "node:os";
import type { BottlesFigures } from "./bottles";
import type { Burst } from "./burst";
import type { ColdStarts } from "./cold-start";
import type { ListObjectsFigures } from "./list-objects";
import { node } from "./measure";
import type { PlanFigures } from "./plan";
import type { BurstOfStarts, RegistrarFigures } from "./registrar";
import type { RegistrationLag } from "./registration-lag";
import type { ScanFigures } from "./scan";
import type { SynthFigures } from "./synth";
import { table } from "./table";
import type { WaitLag } from "./wait-lag";

export type Figures = {
  coldStarts: ColdStarts;
  /** 0 copies: a Node.js that does nothing. */
  synth: SynthFigures[];
  launchesPerSecond: number;
  burst: Burst;
  registrar: BurstOfStarts;
  registrationLagSeconds: RegistrationLag;
  waitLagSeconds: WaitLag;
  plan: PlanFigures;
  scan: ScanFigures;
  listObjects: ListObjectsFigures;
  bottles: BottlesFigures;
};

const ratio = (value: number, to: number | null): string =>
  to === null ? "–" : `${(value / to).toFixed(2)} ×`;

const coldStartSection = ({ startTask, runPolicy, bareNodeMs, pythonMs }: ColdStarts): string => {
  const row = (name: string, ms: number, target: string) => [
    name,
    `${ms.toFixed(0)} ms`,
    ratio(ms, bareNodeMs),
    ratio(ms, pythonMs),
    target,
  ];
  const rows = [
    row("start-task, init and first call", startTask.initPlusFirstMs, "≤ 3.4 × bare node, ≤ 0.5 × Python"),
    row("run-policy, init and first call", runPolicy.initPlusFirstMs, "≤ 4.5 × bare node"),
    row("bare node (node -e 0)", bareNodeMs, ""),
  ];
  if (pythonMs !== null) rows.push(row("Python with boto3, the flow of start-task", pythonMs, ""));
  const size = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
  return [
    "Cold start, against a stub of ECS and S3 that answers at once (process start to end of the first call)",
    table(["", "time", "bare node", "Python", "target"], rows),
    ...(pythonMs === null ? ["No comparison with Python: no python3 with boto3 was found."] : []),
    "",
    "Code (esbuild, minified; gzip -9)",
    table(
      ["", "size", "target"],
      [
        ["start-task", size(startTask.gzBytes), "≤ 75 KB"],
        ["run-policy", size(runPolicy.gzBytes), "≤ 120 KB"],
      ],
    ),
  ].join("\n");
};

const synthTargets: Readonly<Record<number, string>> = { 1: "≤ 0.4 s", 100: "≤ 1.2 s, ≤ 200 MB" };

const synthSection = (synth: readonly SynthFigures[]): string => {
  const bare = synth.find(({ copies }) => copies === 0)!;
  const rows = synth.map(({ copies, seconds, peakMb }) => [
    copies === 0 ? "bare node (node -e)" : `${copies} ${copies === 1 ? "copy" : "copies"}`,
    `${seconds.toFixed(2)} s`,
    ratio(seconds, bare.seconds),
    `${peakMb.toFixed(0)} MB`,
    ratio(peakMb, bare.peakMb),
    synthTargets[copies] ?? "",
  ]);
  return [
    "Synthesis of the unified layout, by node on the built app (process start to end)",
    table(["", "time", "bare node", "peak memory", "bare node", "target"], rows),
  ].join("\n");
};

const launchesSection = (launchesPerSecond: number): string =>
  [
    "Launches: one execution environment, real SDK, local AWS in the same process, RunTask not throttled",
    table(
      ["", "a second", "AWS's limit"],
      [["start-task", launchesPerSecond.toFixed(0), ratio(launchesPerSecond, 20)]],
    ),
    "AWS's limit is the rate at which RunTask refills, 20 a second.",
  ].join("\n");

const burstSection = ({ events, launched, dlqMessages, duplicated, perSecond }: Burst): string =>
  [
    "A burst through the launcher's queue, with RunTask's 20 a second (virtual clock)",
    table(
      ["", "events", "launched", "DLQ messages", "duplicated", "a second", "target"],
      [["buffer", ...[events, launched, dlqMessages, duplicated].map(String), perSecond.toFixed(1), "≥ 19"]],
    ),
  ].join("\n");

const registrarSection = ({ withLoadBalancingLimits, ...figures }: BurstOfStarts): string => {
  const row = (name: string, each: RegistrarFigures, target: string) => [
    name,
    String(each.starts),
    each.readsPerStart.toFixed(2),
    each.tagCallsPerStart.toFixed(2),
    `${(each.throttled * 100).toFixed(2)} %`,
    String(each.unexpectedDlqMessages),
    ...[each.p50, each.p90].map((seconds) => `${seconds.toFixed(1)} s`),
    target,
  ];
  return [
    "Registrar: 20 starts a second of five services with targets, tasks of a minute (virtual clock)",
    table(
      ["limits of", "starts", "reads", "tag calls", "throttled", "DLQ messages", "p50", "p90", "target"],
      [
        row("ECS", figures, "≤ 0.7 reads, ≤ 1 %, 0, ≤ 3 s, ≤ 6 s"),
        row("ECS and Elastic Load Balancing", withLoadBalancingLimits, ""),
      ],
    ),
    "Reads and tag calls for each start; throttled of all calls; seconds from RUNNING to registered.",
  ].join("\n");
};

const lagSection = (registration: RegistrationLag, wait: WaitLag): string => {
  const row = (name: string, { p50, p90, p99 }: Pick<WaitLag, "p50" | "p90" | "p99">, target: string) => [
    name,
    ...[p50, p90, p99].map((seconds) => `${seconds.toFixed(1)} s`),
    target,
  ];
  return [
    "From RUNNING to registered (virtual clock; a start takes 15 to 120 s, EventBridge 0.1 to 1.5 s)",
    table(
      ["", "p50", "p90", "p99", "target"],
      [
        row("registrar, by event", registration, "p50 ≤ 2 s"),
        row("launcher that waits, by polling", wait, "≤ 2.5 s, ≤ 4.5 s"),
      ],
    ),
  ].join("\n");
};

const planSection = ({ resources, layoutSeconds, bareSeconds, ratio }: PlanFigures): string =>
  [
    `terraform plan of the unified layout with a load balancer, beside ${resources} queues without a module`,
    table(
      ["", "time", "bare", "ratio", "target"],
      [
        [
          "layout",
          `${layoutSeconds.toFixed(1)} s`,
          `${bareSeconds.toFixed(1)} s`,
          `${ratio.toFixed(2)} ×`,
          "≤ 1.5 ×",
        ],
      ],
    ),
  ].join("\n");

const listObjectsSection = ({
  objects,
  seconds,
  megabytes: { before, peak },
  completeSeconds,
}: ListObjectsFigures): string =>
  [
    "list-objects and findings on real PostgreSQL, with S3 and SQS that answer at once",
    table(
      ["", "time", "memory before", "at its peak", "target"],
      [
        [
          `a bucket of ${objects} objects`,
          `${seconds.toFixed(1)} s`,
          `${before.toFixed(0)} MB`,
          `${peak.toFixed(0)} MB`,
          "memory for any number",
        ],
        ["20,000 findings of one object", `${completeSeconds[20000].toFixed(2)} s`, "", "", "≤ 2 s"],
        ["40,000 findings", `${completeSeconds[40000].toFixed(2)} s`, "", "", "twice the time"],
      ],
    ),
  ].join("\n");

const scanSection = ({ slowestPoison, ripgrepMbPerSecond, hashed, ...found }: ScanFigures): string => {
  const speed = (value: number | null) => (value === null ? "–" : `${value.toFixed(1)} MB/s`);
  return [
    "Scan of text for sensitive data, by processor time",
    table(
      ["", "scanner", "Python", "ratio", "ripgrep, one expression", "target"],
      [
        [
          "value for each 900 bytes, located",
          speed(found.mbPerSecond),
          speed(found.pythonMbPerSecond),
          ratio(found.mbPerSecond, found.pythonMbPerSecond),
          speed(ripgrepMbPerSecond),
          "≥ 25 × Python",
        ],
        [
          "value for each 10 KB, hashed and masked",
          speed(hashed.mbPerSecond),
          speed(hashed.pythonMbPerSecond),
          ratio(hashed.mbPerSecond, hashed.pythonMbPerSecond),
          "",
          "≥ 18 × Python",
        ],
      ],
    ),
    `Slowest line of 1 MB made of one piece: ${JSON.stringify(slowestPoison.piece)}, ${slowestPoison.milliseconds.toFixed(0)} ms (target ≤ 50 ms where the piece has no digits of a value)`,
  ].join("\n");
};

const bottlesSection = (figures: BottlesFigures): string => {
  const { pythonMbPerSecond, pythonCpuSecondsPerGiB } = figures;
  const speed = (value: number | null) => (value === null ? "–" : `${value.toFixed(0)} MB/s`);
  const used = (value: number | null) => (value === null ? "–" : `${value.toFixed(1)} s`);
  return [
    "Sync of 1,000 bottles of Homebrew's sizes from a stand-in to an object store, ten at the same time",
    table(
      ["", "sync", "Python", "ratio", "target"],
      [
        [
          "rate",
          speed(figures.mbPerSecond),
          speed(pythonMbPerSecond),
          ratio(figures.mbPerSecond, pythonMbPerSecond),
          "≥ 5 ×",
        ],
        [
          "processor time for each GiB",
          used(figures.cpuSecondsPerGiB),
          used(pythonCpuSecondsPerGiB),
          ratio(figures.cpuSecondsPerGiB, pythonCpuSecondsPerGiB),
          "≤ 0.2 ×",
        ],
        ["memory at its peak", `${figures.peakMb.toFixed(0)} MB`, "", "", "≤ 250 MB"],
      ],
    ),
    ...(pythonMbPerSecond === null
      ? ["No comparison with Python: no python3 with aiohttp and boto3 was found."]
      : []),
  ].join("\n");
};

/** Formats the figures as text. */
export const report = ({ coldStarts, synth, launchesPerSecond, burst, registrar, ...lag }: Figures): string =>
  [
    `Medians, with ${node} on ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}`,
    coldStartSection(coldStarts),
    synthSection(synth),
    launchesSection(launchesPerSecond),
    burstSection(burst),
    registrarSection(registrar),
    lagSection(lag.registrationLagSeconds, lag.waitLagSeconds),
    planSection(lag.plan),
    scanSection(lag.scan),
    listObjectsSection(lag.listObjects),
    bottlesSection(lag.bottles),
  ].join("\n\n");
