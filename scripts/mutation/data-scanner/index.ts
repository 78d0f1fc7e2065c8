import { applyRoot, writeModuleRoot } from "../../../testing/module-root";
import type { System } from "../system";
import { props, resources } from "./props";
import { scenarios } from "./scenarios";
import { type AppliedOutputs, DataScannerWorld } from "./world";

const outputs: readonly (keyof AppliedOutputs)[] = [
  "api_url",
  "cluster_name",
  "data_bucket_name",
  "database_address",
  "database_secret_arn",
  "scan_jobs_queue_url",
  "scan_jobs_dead_letter_queue_url",
  "worker_service_name",
  "worker_log_group_name",
  "function_names",
];

/** The data scanner, with a real PostgreSQL. */
export const dataScanner: System<DataScannerWorld> = {
  name: "data-scanner",
  images: (worker) => ({ "*": worker }),
  async apply(localAws) {
    const root = writeModuleRoot({
      folder: "mutation-data-scanner",
      module: "systems/data-scanner",
      name: "scanner",
      inputs: props,
      outputs,
      resources,
    });
    return new DataScannerWorld(localAws, await applyRoot<AppliedOutputs>(root, localAws));
  },
  scenarios,
};
