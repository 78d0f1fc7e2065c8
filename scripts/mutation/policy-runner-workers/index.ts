import { applyRoot, writeModuleRoot } from "../../../testing/module-root";
import { runPython } from "../../../testing/policy-runs/python";
import { policyRunner } from "../policy-runner";
import { writePolicies } from "../policy-runner/policies";
import type { Violators } from "../policy-runner/world";
import type { System } from "../system";
import { props, resources } from "./props";
import { scenarios } from "./scenarios";
import { type AppliedOutputs, PolicyRunnerWorkersWorld } from "./world";

const outputs: readonly (keyof AppliedOutputs)[] = [
  "cluster_name",
  "function_name",
  "function_arn",
  "dead_letter_queue_url",
  "log_group_name",
  "task_role_arn",
  "policy_bucket_name",
  "payload_bucket_name",
  "worker_service_name",
];

/** The policy runner with the workers of an ECS service, and real Cloud Custodian. */
export const policyRunnerWorkers: System<PolicyRunnerWorkersWorld> = {
  name: "policy-runner-workers",
  images: policyRunner.images,
  async apply(localAws) {
    const { environment } = localAws;
    const root = writeModuleRoot({
      folder: "mutation-policy-runner-workers",
      module: "systems/policy-runner",
      name: "custodian",
      inputs: { ...props, ...writePolicies() },
      outputs,
      resources,
    });
    const applied = await applyRoot<AppliedOutputs>(root, localAws);
    const ids = await runPython<Violators["ids"]>("account.py", { argument: "make", environment });
    return new PolicyRunnerWorkersWorld(localAws, applied, { ids, memberUser: "" });
  },
  scenarios,
};
