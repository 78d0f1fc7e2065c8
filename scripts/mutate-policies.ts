import { apply, hclRoot } from "../testing/layout";
import { startTestAws } from "../testing/local-aws";
import { emptyRoot } from "../testing/terraform";
import { bundleWorker } from "./bundle/worker";
import { props } from "./mutation/layout";
import { type Mutation, mutatePolicies } from "./mutation/mutate";
import { scenarios } from "./mutation/scenarios";
import { World } from "./mutation/world";

/**
 * Holds the roles of the layout to least privilege: applies it once to local AWS, then takes each action away from each
 * policy in turn. Ends with exit code 1 when an action is not missed: it is a right too many, or a scenario is missing.
 */
async function main(): Promise<void> {
  const worker = `${emptyRoot("mutation-worker")}/worker.js`;
  await bundleWorker("worker/main.ts", worker);
  const localAws = await startTestAws({
    clock: "virtual",
    images: { "*": `"${process.execPath}" "${worker}"` },
    // What is refused is the point of it, and told by the table.
    log: () => {},
  });
  try {
    const layout = await apply(hclRoot(props, "mutation"), localAws);
    const world = new World(localAws, layout, props);
    const mutations = await mutatePolicies(localAws.environment, world, scenarios, (mutation) =>
      console.log(line(mutation)),
    );
    const unnoticed = mutations.filter(({ caughtBy, notEmulated }) => !caughtBy && !notEmulated);
    console.log(`\n${mutations.length} actions, ${unnoticed.length} of them nobody misses`);
    process.exitCode = unnoticed.length > 0 ? 1 : 0;
  } finally {
    await localAws.stop();
  }
}

function line({ role, policy, action, caughtBy, notEmulated }: Mutation): string {
  const outcome = caughtBy
    ? `caught by: ${caughtBy.scenario} (${caughtBy.how.slice(0, 160)})`
    : notEmulated
      ? `not emulated: ${notEmulated}`
      : "NOBODY MISSES IT";
  return `${`${role} / ${policy}`.padEnd(48)} ${action.padEnd(32)} ${outcome}`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
