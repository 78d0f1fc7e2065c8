import { readFileSync } from "node:fs";
import { createMaskedFinding, TextScanner, type TextScannerOptions } from "../scanner";
import { poison, poisonLine } from "../testing/scan/poison-lines";

const pieceBytes = 256 * 1024;

const processorSeconds = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const scan = <Result>(
  text: Buffer,
  report: TextScannerOptions<Result>["report"],
  maxFindings = Number.POSITIVE_INFINITY,
): number => {
  const scanner = new TextScanner({ report, maxFindings });
  let findings = 0;
  for (let from = 0; from < text.length; from += pieceBytes)
    findings += scanner.push(text.subarray(from, from + pieceBytes)).length;
  return findings + scanner.end().length;
};

const masked = createMaskedFinding(Buffer.alloc(32, 1));
const [what, file] = process.argv.slice(2);

if (what === "poison") {
  const milliseconds = (piece: string): number => {
    const line = poisonLine(piece);
    return 1000 * Math.min(...[1, 2, 3].map(() => processorSeconds(() => scan(line, masked, 10_000))));
  };
  console.log(JSON.stringify(poison.map((piece) => ({ piece, milliseconds: milliseconds(piece) }))));
} else {
  const text = readFileSync(file!);
  let findings = 0;
  const seconds = Array.from({ length: 5 }, () =>
    processorSeconds(() => {
      findings = what === "matches" ? scan(text, (match) => match) : scan(text, masked);
    }),
  );
  console.log(JSON.stringify({ findings, seconds }));
}
