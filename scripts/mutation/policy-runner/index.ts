import { applyRoot, writeModuleRoot } from "../../../testing/module-root";
import { runPython } from "../../../testing/policy-runs/python";
import { ensureCustodian } from "../../setup/index.cjs";
import type { System } from "../system";
import { makeMember } from "./member";
import { writePolicies } from "./policies";
import { props, resultsQueue } from "./props";
import { scenarios } from "./scenarios";
import { type AppliedOutputs, PolicyRunnerWorld, type Violators } from "./world";

const outputs: readonly (keyof AppliedOutputs)[] = [
  "cluster_name",
  "function_name",
  "function_arn",
  "dead_letter_queue_url",
  "log_group_name",
  "task_role_arn",
  "policy_bucket_name",
];

/** The policy runner, with real Cloud Custodian. */
export const policyRunner: System<PolicyRunnerWorld> = {
  name: "policy-runner",
  images: (worker) => ({ "*": `env CUSTODIAN="${ensureCustodian()}" ${worker}` }),
  async apply(localAws) {
    const { environment } = localAws;
    const root = writeModuleRoot({
      folder: "mutation-policy-runner",
      module: "systems/policy-runner",
      name: "custodian",
      inputs: { ...props, ...writePolicies() },
      outputs,
      resources: { aws_sqs_queue: { results: { name: resultsQueue } } },
    });
    const applied = await applyRoot<AppliedOutputs>(root, localAws);
    const ids = await runPython<Violators["ids"]>("account.py", { argument: "make", environment });
    const memberUser = await makeMember(environment, applied.task_role_arn);
    return new PolicyRunnerWorld(localAws, applied, { ids, memberUser });
  },
  scenarios,
};
