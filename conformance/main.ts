import { writeFileSync } from "node:fs";
import { setTimeout as realSleep } from "node:timers/promises";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Command, InvalidArgumentError } from "commander";
import { type Belief, isChecked } from "./belief";
import { beliefs } from "./beliefs";
import { type Conformance, type ConformOptions, conform, remove } from "./conform";
import { onLocalAws, startAws } from "./local";
import { expectation, leftovers, table } from "./report";
import { RunResources } from "./resources";

interface Options {
  aws?: true;
  account?: string;
  region?: string;
  slow?: true;
  only?: Belief[];
  json?: string;
  remove?: string;
}

const log = (line: string): void => console.log(line);

const command = new Command("conformance")
  .description("Checks what the project believes of AWS, on local AWS or, with --aws, in a real account.")
  .option("--aws", "use the account of the present credentials (default: local AWS)")
  .option("--account <id>", "ID of the account, with --aws; any other account is refused", readAccount)
  .option("--region <region>", "region, with --aws")
  .option("--slow", "also the checks that take hours")
  .option("--only <ids>", "only these beliefs, separated by commas", readIds)
  .option("--json <file>", "write the results to this file as well")
  .option("--remove <run>", "remove what an earlier run could not remove")
  .action(main);

async function main(options: Options): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted(stop));
  const done = options.remove
    ? await removeRun(options.remove)
    : options.aws
      ? await inAccount(options, stop.signal)
      : await inLocalAws(options, stop.signal);
  if (!done || stop.signal.aborted) process.exitCode = 1;
}

function interrupted(stop: AbortController): void {
  log("Interrupted. The resources are removed first; please wait.");
  stop.abort();
}

/** @returns whether no belief is contradicted and nothing is left */
async function inAccount(options: Options, signal: AbortSignal): Promise<boolean> {
  const { account, region } = options;
  if (!account || !region)
    throw new Error("--aws needs --account and --region: the account to use, and no other.");
  await checkIdentity(account, region);
  const chosen = options.only ?? beliefs;
  const leftOut = (belief: Belief) =>
    isChecked(belief) && belief.slow && !options.slow ? "slow: use --slow" : undefined;
  log(expectation(chosen.filter((belief) => !leftOut(belief))));
  const connection = { region };
  const time = { now: () => new Date(), sleep: (ms: number) => realSleep(ms, undefined, { signal }) };
  return finish(await conform({ ...time, account, connection, ...shared(chosen, leftOut), signal }), options);
}

async function inLocalAws(options: Options, signal: AbortSignal): Promise<boolean> {
  if (options.account || options.region) throw new Error("--account and --region are for --aws.");
  const aws = await startAws();
  try {
    const leftOut = (belief: Belief) => ("onlyOnAws" in belief ? belief.onlyOnAws : undefined);
    return finish(
      await conform({ ...onLocalAws(aws), ...shared(options.only ?? beliefs, leftOut), signal }),
      options,
    );
  } finally {
    await aws.stop();
  }
}

const shared = (chosen: readonly Belief[], leftOut: ConformOptions["leftOut"]) => ({
  beliefs: chosen,
  leftOut,
  log,
  onResult: ({ id, outcome }: { id: string; outcome: string }) => log(`${id}: ${outcome}`),
});

async function checkIdentity(account: string, region: string): Promise<void> {
  const { Account, Arn } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
  if (Account !== account)
    throw new Error(
      `The credentials are of the account ${Account} (${Arn}), --account is ${account}. Nothing was done.`,
    );
}

function finish(conformance: Conformance, { json }: Options): boolean {
  const { error, left, results } = conformance;
  if (results.length > 0) log(`\n${table(results)}`);
  if (error) log(`\nNo check ran: ${error}`);
  if (left.length > 0) log(`\n${leftovers(conformance)}`);
  if (json) writeFileSync(json, `${JSON.stringify(conformance, undefined, 2)}\n`);
  return !error && left.length === 0 && results.every(({ outcome }) => outcome !== "contradicted");
}

async function removeRun(name: string): Promise<boolean> {
  const resources = RunResources.left(name);
  const { account, region } = resources.run;
  await checkIdentity(account, region);
  const left = await remove(resources, { region }, log);
  if (left.length > 0) log(leftovers({ run: name, left, results: [] }));
  return left.length === 0;
}

function readAccount(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError("Allowed: the twelve digits of an account ID.");
  return text;
}

function readIds(text: string): Belief[] {
  return text.split(",").map((id) => {
    const belief = beliefs.find((each) => each.id === id);
    if (!belief)
      throw new InvalidArgumentError(`There is no belief ${id}; docs/aws-behaviour.md lists them.`);
    return belief;
  });
}

command.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
