import { gzipSync } from "node:zlib";
import { createCorpus } from "../../../testing/scan/corpus";
import { poisonLine } from "../../../testing/scan/poison-lines";
import { scanFile } from "../../../testing/scan/scan-text";

/** A generated file, and what the detectors find in it when it is scanned here. */
export interface GeneratedFile {
  readonly key: string;
  readonly body: Buffer;
  /** `<type> <line>:<column>` of each finding. */
  readonly expected: readonly string[];
  /** The values in it, which must be nowhere but here. */
  readonly values: readonly string[];
}

const logFiles = 40;

const generate = async (
  key: string,
  body: Buffer,
  values: readonly string[] = [],
): Promise<GeneratedFile> => {
  const { findings } = await scanFile(body);
  const expected = findings.map(
    ({ type, lineNumber, columnStart }) => `${type} ${lineNumber}:${columnStart}`,
  );
  return { key, body, expected, values };
};

/** Log files with known values, one of them also compressed, a line made to stop a scanner, and a file that is no text. */
export const generateFiles = async (): Promise<GeneratedFile[]> => {
  const files: GeneratedFile[] = [];
  for (let seed = 1; seed <= logFiles; seed++) {
    const { text, planted } = createCorpus({ seed, bytes: 40_000, bytesPerValue: 1000, decoysPerValue: 1 });
    const values = planted.map(({ value }) => value);
    files.push(await generate(`logs/${String(seed).padStart(2, "0")}.log`, text, values));
    if (seed === 1) files.push(await generate("logs/01.log.gz", gzipSync(text), values));
  }
  files.push(await generate("poison/dots.txt", poisonLine("a.a@")));
  files.push(await generate("images/logo.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0, 1, 2])));
  return files;
};
