import { Command } from "commander";
import { formatBytes, formatSeconds } from "../bottles/amounts";
import { tagForm } from "../bottles/catalogue/platforms";
import type { MirrorFailure, VerifyProgress } from "../bottles/verify-mirror/verify-mirror";
import { type CommonOptions, formatCount, print } from "./options";
import { parseFile } from "./read-file";

type Options = Pick<CommonOptions, "json"> & { key: string; platform: string[]; sample: number };

const defaultPlatforms = ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma"];
const concurrency = 8;
const progressIntervalMs = 500;

const parseSample = (text: string): number => {
  if (text === "all") return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`--sample is "${text}"; it takes a whole number from 1, or all.`);
};

const addPlatform = (name: string, earlier: string[] | undefined): string[] => {
  if (!tagForm.test(name))
    throw new Error(`--platform is "${name}"; it takes a platform such as arm64_tahoe or x86_64_linux.`);
  return earlier === undefined || earlier === defaultPlatforms ? [name] : [...earlier, name];
};

const parseMirrorUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "") return url;
  throw new Error(`The mirror's URL is "${text}"; it takes an https URL such as https://mirror.example.com.`);
};

/** A line on stderr that is written again and again, if a person looks at it. */
const createProgressLine = (startedAt: number) => {
  const { stderr } = process;
  let writtenAt = 0;
  return {
    show({ checked, bottles, bytes }: VerifyProgress): void {
      const now = Date.now();
      if (!stderr.isTTY || now - writtenAt < progressIntervalMs) return;
      writtenAt = now;
      const seconds = Math.max((now - startedAt) / 1000, 0.001);
      const left = checked === 0 ? "" : `, ${formatSeconds((seconds / checked) * (bottles - checked))} left`;
      stderr.write(
        `\r\u001b[K${checked} of ${bottles} bottles, ${formatBytes(bytes)}, ${formatBytes(bytes / seconds)}/s${left}`,
      );
    },
    clear(): void {
      if (stderr.isTTY) stderr.write("\r\u001b[K");
    },
  };
};

const describeFailure = ({ what, problem }: MirrorFailure): string =>
  `${what}: ${problem}`.replaceAll(/\s*\n\s*/g, " ");

export const verifyMirrorCommand = new Command("verify-mirror")
  .description(
    "Play a Homebrew client that has no other network than a mirror of bottles: verify the signed API files, compute the URLs of bottles from them, fetch indexes and bottles, and compare digests. Exits with 1 if a client would fail.",
  )
  .argument("<url>", "URL of the mirror, as clients have it in HOMEBREW_ARTIFACT_DOMAIN")
  .requiredOption(
    "--key <file>",
    "public key of the API files in PEM; Homebrew's is Library/Homebrew/api/homebrew-1.pem in `brew --repository`",
  )
  .option(
    "--platform <name>",
    `platform of a client, can be repeated (default: ${defaultPlatforms.join(", ")})`,
    addPlatform,
  )
  .option("--sample <number>", "bottles of each platform that are fetched, or all", parseSample, 20)
  .option("--json", "print the result as one JSON object")
  .action(async (url: string, options: Options) => {
    // Other commands need none of it.
    const { parsePublicKey } =
      require("../bottles/api-files/verify-signature") as typeof import("../bottles/api-files/verify-signature");
    const { verifyMirror } =
      require("../bottles/verify-mirror/verify-mirror") as typeof import("../bottles/verify-mirror/verify-mirror");
    const { createHttp } = require("../bottles/http") as typeof import("../bottles/http");
    const { hostname } = parseMirrorUrl(url);
    const publicKey = parseFile(options.key, parsePublicKey);
    const startedAt = Date.now();
    const line = createProgressLine(startedAt);
    const http = createHttp({ connections: concurrency, allowedHosts: [hostname] });
    try {
      const result = await verifyMirror({
        http,
        mirrorUrl: url,
        publicKey,
        platforms: options.platform ?? defaultPlatforms,
        sample: options.sample,
        concurrency,
        retries: { maxAttempts: 3 },
        onProgress: (progress) => line.show(progress),
      });
      const seconds = (Date.now() - startedAt) / 1000;
      line.clear();
      const { checked, bytes, failures, warnings } = result;
      print(options, { url, ok: failures.length === 0, seconds, ...result }, [
        ...failures.map(describeFailure),
        ...warnings.map((warning) => `warning: ${warning}`),
        `${formatCount(checked, "bottle")} fetched, ${formatBytes(bytes)} in ${formatSeconds(seconds)}: ${formatCount(failures.length, "failure")}, ${formatCount(warnings.length, "warning")}.`,
      ]);
      if (failures.length > 0) process.exitCode = 1;
    } finally {
      line.clear();
      http.close();
    }
  });
