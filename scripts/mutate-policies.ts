import { startTestAws } from "../testing/local-aws";
import { emptyRoot } from "../testing/terraform";
import { bundleWorker } from "./bundle/worker";
import { bottleSync } from "./mutation/bottle-sync";
import { dataScanner } from "./mutation/data-scanner";
import { layout } from "./mutation/layout";
import { type Mutation, mutatePolicies } from "./mutation/mutate";
import { policyRunner } from "./mutation/policy-runner";
import { policyRunnerWorkers } from "./mutation/policy-runner-workers";
import type { System } from "./mutation/system";

const systems: readonly System[] = [layout, policyRunner, policyRunnerWorkers, dataScanner, bottleSync];

/**
 * Checks that the roles of a system have least privilege: applies the system to local AWS, then removes each action from
 * each policy in turn. Exits with 1 if no scenario fails: the permission is unnecessary, or a scenario is missing.
 * With a second argument only the roles whose names contain it.
 */
async function main([name, roles = ""]: readonly string[]): Promise<void> {
  const chosen = systems.filter((system) => name === undefined || system.name === name);
  if (chosen.length === 0)
    throw new Error(
      `There is no system "${name}"; the systems are: ${systems.map((each) => each.name).join(", ")}.`,
    );
  const closing: string[] = [];
  for (const system of chosen) {
    const mutations = await mutate(system, roles);
    const unnecessary = mutations.filter(({ caughtBy, exempt }) => !caughtBy && !exempt);
    if (unnecessary.length > 0) process.exitCode = 1;
    closing.push(`${system.name}: ${mutations.length} actions, ${unnecessary.length} of them unnecessary`);
  }
  console.log(`\n${closing.join("\n")}`);
}

async function mutate(system: System, roles: string): Promise<Mutation[]> {
  const worker = `${emptyRoot(`mutation-${system.name}-worker`)}/worker.js`;
  await bundleWorker("worker/main.ts", worker);
  const localAws = await startTestAws({
    clock: "virtual",
    images: system.images(`"${process.execPath}" "${worker}"`),
    // By the virtual clock, which stands still while a process works.
    throttled: false,
    // Denied calls are expected and reported in the table.
    log: () => {},
  });
  try {
    const world = await system.apply(localAws);
    return await mutatePolicies(localAws.environment, world, system.scenarios, roles, (mutation) =>
      console.log(line(mutation)),
    );
  } finally {
    system.stop?.();
    await localAws.stop();
  }
}

function line({ role, policy, action, caughtBy, exempt }: Mutation): string {
  const outcome = caughtBy
    ? `caught by: ${caughtBy.scenario} (${caughtBy.how.slice(0, 160)})`
    : (exempt ?? "UNNECESSARY");
  return `${`${role} / ${policy}`.padEnd(48)} ${action.padEnd(32)} ${outcome}`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
