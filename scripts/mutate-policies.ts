import { apply, hclRoot } from "../testing/layout";
import { startTestAws } from "../testing/local-aws";
import { emptyRoot } from "../testing/terraform";
import { bundleWorker } from "./bundle/worker";
import { props } from "./mutation/layout";
import { type Mutation, mutatePolicies } from "./mutation/mutate";
import { scenarios } from "./mutation/scenarios";
import { World } from "./mutation/world";

/**
 * Checks that the roles of the layout have least privilege: applies the layout to local AWS, then removes each action from
 * each policy in turn. Exits with 1 if no scenario fails: the permission is unnecessary, or a scenario is missing.
 */
async function main(): Promise<void> {
  const worker = `${emptyRoot("mutation-worker")}/worker.js`;
  await bundleWorker("worker/main.ts", worker);
  const localAws = await startTestAws({
    clock: "virtual",
    images: { "*": `"${process.execPath}" "${worker}"` },
    // Denied calls are expected and reported in the table.
    log: () => {},
  });
  try {
    const layout = await apply(hclRoot(props, "mutation"), localAws);
    const world = new World(localAws, layout, props);
    const mutations = await mutatePolicies(localAws.environment, world, scenarios, (mutation) =>
      console.log(line(mutation)),
    );
    const unnoticed = mutations.filter(({ caughtBy, notEmulated }) => !caughtBy && !notEmulated);
    console.log(`\n${mutations.length} actions, ${unnoticed.length} of them unnecessary`);
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
      : "UNNECESSARY";
  return `${`${role} / ${policy}`.padEnd(48)} ${action.padEnd(32)} ${outcome}`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
