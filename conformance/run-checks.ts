import { AssertionError } from "node:assert/strict";
import type { Account } from "./account";
import { type Belief, isChecked } from "./belief";

export interface Result extends Pick<Belief, "id" | "sentence" | "code"> {
  readonly outcome: "holds" | "contradicted" | "not provoked";
  readonly seconds: number;
  /** What AWS did, or why the belief was not provoked. */
  readonly reason?: string;
}

export interface RunOptions {
  readonly account: Account;
  readonly beliefs: readonly Belief[];
  /** Why a belief that has a check is left out in this run. */
  readonly leftOut: (belief: Belief) => string | undefined;
  readonly now: () => Date;
  /** No further check begins when it is aborted. */
  readonly signal?: AbortSignal;
  readonly onResult?: (result: Result) => void;
}

const EXPIRED =
  /^(ExpiredToken|ExpiredTokenException|RequestExpired|CredentialsProviderError|TokenProviderError)$/;
// Errors that say nothing of the belief: a check that expects one of them takes it itself.
const SAYS_NOTHING =
  /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|InvalidClientTokenId|UnrecognizedClientException|Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded|TimeoutError)$/;

/** Slow checks run last: what others have in common does not exist for so long. */
const hours = (belief: Belief): number => (isChecked(belief) && belief.slow ? belief.seconds / 3600 : 0);

/** Runs the checks one after another. Never rejects: what goes wrong is in the results. */
export async function runChecks(options: RunOptions): Promise<Result[]> {
  const results: Result[] = [];
  let stopped: string | undefined;
  for (const belief of [...options.beliefs].sort((a, b) => hours(a) - hours(b))) {
    stopped ??= options.signal?.aborted ? "interrupted" : undefined;
    const result = await resultOf(belief, stopped, options);
    if (result.reason && EXPIRED.test(result.reason.split(":")[0] ?? ""))
      stopped ??= "the credentials have expired";
    results.push(result);
    options.onResult?.(result);
  }
  return results;
}

async function resultOf(belief: Belief, stopped: string | undefined, options: RunOptions): Promise<Result> {
  const { id, sentence, code } = belief;
  const told = { id, sentence, code };
  const left = isChecked(belief) ? (stopped ?? options.leftOut(belief)) : belief.notProvoked;
  if (!isChecked(belief) || left) return { ...told, outcome: "not provoked", seconds: 0, reason: left };
  const began = options.now().getTime();
  const seconds = () => Math.round((options.now().getTime() - began) / 1000);
  try {
    await belief.check(options.account);
    return { ...told, outcome: "holds", seconds: seconds() };
  } catch (error) {
    if (options.signal?.aborted)
      return { ...told, outcome: "not provoked", seconds: seconds(), reason: "interrupted" };
    return { ...told, ...judge(error as Error & { $fault?: string }), seconds: seconds() };
  }
}

/** An answer of AWS that a check does not expect contradicts the belief, unless it has another cause. */
function judge(error: Error & { $fault?: string }): Pick<Result, "outcome" | "reason"> {
  if (error instanceof AssertionError) return { outcome: "contradicted", reason: error.message };
  const reason = `${error.name}: ${error.message}`;
  const answered = error.$fault === "client" && !SAYS_NOTHING.test(error.name) && !EXPIRED.test(error.name);
  return { outcome: answered ? "contradicted" : "not provoked", reason };
}
