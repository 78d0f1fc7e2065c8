import { type Belief, isChecked } from "./belief";
import type { Conformance } from "./conform";
import type { Result } from "./run-checks";

/** Cents for the resources that all checks share: a key, a secret, and about twenty tasks of a minute. */
const SHARED_CENTS = 3;
/** Seconds in which Terraform creates and removes them on AWS. */
const SHARED_SECONDS = 300;

export const filesOf = ({ code }: Pick<Belief, "code">): string[] => Object.keys(code);

/** What a run takes, in words. */
export function expectation(beliefs: readonly Belief[]): string {
  const checked = beliefs.filter(isChecked);
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  const minutes = Math.ceil((SHARED_SECONDS + sum(checked.map(({ seconds }) => seconds))) / 60);
  const cents = SHARED_CENTS + sum(checked.map(({ cents: more = 0 }) => more));
  const time = minutes < 180 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
  return `${checked.length} beliefs are checked. This takes up to ${time} and costs about ${cents} US cents.`;
}

/** One line for each belief, and what falls with those that are contradicted. */
export function table(results: readonly Result[]): string {
  const width = Math.max(...results.map(({ id }) => id.length));
  const lines = results.map(({ id, outcome, seconds, sentence, reason }) => {
    const head = `${id.padEnd(width)}  ${outcome.padEnd(12)}  ${String(seconds).padStart(6)} s  `;
    return `${head}${sentence}${reason ? `\n${" ".repeat(width + 2)}${reason}` : ""}`;
  });
  const contradicted = results.filter(({ outcome }) => outcome === "contradicted");
  const falls = contradicted.map(
    (result) => `${result.id} is contradicted. What rests on it: ${filesOf(result).join(", ")}`,
  );
  return [...lines, "", counts(results), ...falls].join("\n");
}

function counts(results: readonly Result[]): string {
  const of = (outcome: Result["outcome"]) => results.filter((each) => each.outcome === outcome).length;
  return `${of("holds")} hold, ${of("contradicted")} are contradicted, ${of("not provoked")} were not provoked.`;
}

/** What is left of a run, and how to remove it. Empty if nothing is. */
export function leftovers({ left, run }: Conformance): string {
  if (left.length === 0) return "";
  return [
    `${left.length} resources of the run ${run} are left:`,
    ...left.map((address) => `  ${address}`),
    `Remove them with valid credentials: npm run conformance -- --remove ${run}`,
  ].join("\n");
}
