import type { KeyObject } from "node:crypto";
import { PermanentError } from "../../handlers/shared/failures";
import { formulaPath, packagesPathOf } from "../api-files/api-paths";
import { bottlesOfPackages } from "../api-files/named-bottles";
import type { Bottle } from "../bottle";
import { type Http, HttpError, type RetrySettings } from "../http";
import { blobKeyOf } from "../names";
import { checkApiFile } from "./check-api-file";
import { checkBottle, MirrorProblem } from "./check-bottle";
import { sampleOf } from "./sample";

export type VerifyMirrorParts = {
  /** Asks the mirror's host only, so that nothing else can help out. */
  http: Http;
  /** The mirror's URL: the value of `HOMEBREW_ARTIFACT_DOMAIN`. */
  mirrorUrl: string;
  publicKey: KeyObject;
  platforms: readonly string[];
  /** Bottles of each platform that are fetched. Infinity: all. */
  sample: number;
  /** Bottles that are fetched at the same time. */
  concurrency: number;
  retries?: RetrySettings;
  random?: () => number;
  onProgress?: (progress: VerifyProgress) => void;
};

export type VerifyProgress = { checked: number; bottles: number; bytes: number };

/** What a client would not get, and why. */
export type MirrorFailure = {
  /** `packages.arm64_tahoe`, or formula, version and platform of a bottle. */
  what: string;
  problem: string;
};

export type VerifiedMirror = {
  /** Bottles that each platform's file names. */
  named: Record<string, number>;
  /** Bottles that were fetched. */
  checked: number;
  /** Their bytes. */
  bytes: number;
  failures: MirrorFailure[];
  /** Files of clients of brew 4 and 5 that the mirror does not have. */
  warnings: string[];
};

/** Files that clients of brew 4 and 5 read. */
const oldPaths = [
  formulaPath,
  "cask.jws.json",
  "formula_tap_migrations.jws.json",
  "cask_tap_migrations.jws.json",
];

const isExpected = (error: unknown): error is Error =>
  error instanceof HttpError || error instanceof MirrorProblem || error instanceof PermanentError;

/**
 * Plays a client that has no other network than the mirror: verifies the API's signed files, computes the URLs of bottles
 * from them, and fetches indexes and bottles.
 * @throws Error for what is no matter of the mirror
 */
export const verifyMirror = async (parts: VerifyMirrorParts): Promise<VerifiedMirror> => {
  const { http, publicKey, platforms, sample, concurrency, retries, random = Math.random } = parts;
  const mirrorUrl = parts.mirrorUrl.replace(/\/+$/, "");
  const apiUrl = `${mirrorUrl}/api`;
  const shared = { http, ...(retries && { retries }) };
  const result: VerifiedMirror = { named: {}, checked: 0, bytes: 0, failures: [], warnings: [] };

  const attempt = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (!isExpected(error)) throw error;
      result.failures.push({ what, problem: error.message });
    }
  };

  /** Bottles to fetch, by key: clients of several platforms take the same one. */
  const chosen = new Map<string, Bottle>();

  for (const platform of platforms) {
    const path = packagesPathOf(platform);
    await attempt(`packages.${platform}`, async () => {
      try {
        const payload = await checkApiFile(path, { ...shared, apiUrl, publicKey });
        const bottles = bottlesOfPackages(payload, platform);
        result.named[platform] = bottles.length;
        if (bottles.length === 0) throw new MirrorProblem("expected bottles, found none");
        for (const bottle of sampleOf(bottles, sample, random)) chosen.set(blobKeyOf(bottle), bottle);
      } catch (error) {
        // An HttpError names the URL already.
        if (!isExpected(error) || error instanceof HttpError) throw error;
        throw new MirrorProblem(`${apiUrl}/${path}: ${error.message}`);
      }
    });
  }

  for (const path of oldPaths) {
    try {
      await checkApiFile(path, { ...shared, apiUrl, publicKey });
    } catch (error) {
      if (!isExpected(error)) throw error;
      if (error instanceof HttpError && (error.status === 404 || error.status === 403))
        result.warnings.push(`${apiUrl}/${path}: ${error.status}; clients of brew 4 and 5 need it`);
      else
        result.failures.push({
          what: path,
          problem: error instanceof HttpError ? error.message : `${apiUrl}/${path}: ${error.message}`,
        });
    }
  }

  const waiting = [...chosen.values()];
  const bottles = waiting.length;
  const report = () => parts.onProgress?.({ checked: result.checked, bottles, bytes: result.bytes });
  const onBytes = (count: number): void => {
    result.bytes += count;
    report();
  };
  const work = async (): Promise<void> => {
    for (let bottle = waiting.shift(); bottle !== undefined; bottle = waiting.shift()) {
      const next = bottle;
      const what = `${next.formula} ${next.version} ${next.tag}`;
      await attempt(what, () => checkBottle(next, { ...shared, mirrorUrl, onBytes }));
      result.checked++;
      report();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return result;
};
