import { randomBytes } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { Command } from "commander";
import type { Finding, RandomAccess, Skipped } from "../scanner";
import { describeFileError } from "./describe-error";
import { type CommonOptions, formatCount, print } from "./options";

type Options = Pick<CommonOptions, "json">;
type FileResult = { file: string; findings: Finding[]; truncated: boolean; skipped: Skipped[] };

const openFile = (file: string): RandomAccess => {
  const stats = statSync(file);
  if (stats.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  return {
    size: stats.size,
    read: (start, end) =>
      end > start
        ? createReadStream(file, { start, end: end - 1, highWaterMark: 256 * 1024 })
        : Readable.from([]),
  };
};

const describeFinding = (file: string, finding: Finding): string => {
  const { type, confidence, lineNumber, columnStart, context, entry, note, accountId } = finding;
  const where = `${file}${entry === undefined ? "" : `!/${entry}`}:${lineNumber}:${columnStart + 1}`;
  const details = [confidence, note, accountId && `account ${accountId}`].filter(Boolean).join(", ");
  return `${where}: ${type} (${details}): ${context.trim()}`;
};

const describeSkipped = (file: string, { entry, reason }: Skipped): string =>
  `${file}${entry === undefined ? "" : `!/${entry}`}: skipped: ${reason}`;

const describeFile = ({ file, findings, truncated, skipped }: FileResult): string[] => [
  ...findings.map((finding) => describeFinding(file, finding)),
  ...skipped.map((each) => describeSkipped(file, each)),
  ...(truncated
    ? [`${file}: there are more findings; the scan of a file ends after ${findings.length}.`]
    : []),
];

export const scanCommand = new Command("scan")
  .description(
    "Find sensitive data in files: Social Security and card numbers, AWS keys, e-mail addresses, phone numbers. Prints no value: findings are masked. Exits with 1 if there is a finding of medium or high confidence.",
  )
  .argument("<files...>", "text in UTF-8 or UTF-16, gzip, zip or office documents")
  .option("--json", "print the result as one JSON object")
  .action(async (files: string[], options: Options) => {
    // The detectors and the metadata of phone numbers take time to load, which other commands do not need.
    const { scanSource } = require("../scanner") as typeof import("../scanner");
    // Equal values have equal hashes in one run, and no run's hashes help to guess a value.
    const hashKey = randomBytes(32);
    const results: FileResult[] = [];
    for (const file of files) {
      const findings: Finding[] = [];
      try {
        const scan = scanSource(openFile(file), { hashKey });
        let step = await scan.next();
        for (; !step.done; step = await scan.next()) findings.push(...step.value);
        results.push({ file, findings, truncated: step.value.truncated, skipped: step.value.skipped });
      } catch (error) {
        throw new Error(describeFileError(error as NodeJS.ErrnoException, file));
      }
    }
    const all = results.flatMap(({ findings }) => findings);
    const certain = all.filter(({ confidence }) => confidence !== "low").length;
    print(options, { findings: all.length, files: results }, [
      ...results.flatMap(describeFile),
      `${formatCount(all.length, "finding")} in ${formatCount(files.length, "file")}, ${all.length - certain} of low confidence.`,
    ]);
    if (certain > 0) process.exitCode = 1;
  });
