import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Form } from "../demo";

/** Image of the workers; local AWS runs the project's worker for it. */
export const image = "ghcr.io/acme/scanner-worker:1.0.0";

/** What the demo needs of the module's outputs. */
export interface Outputs {
  readonly api_url: string;
  readonly cluster_name: string;
  readonly data_bucket_name: string;
  readonly database_address: string;
  readonly database_secret_arn: string;
  readonly scan_jobs_queue_url: string;
  readonly scan_jobs_dead_letter_queue_url: string;
  readonly worker_service_name: string;
  readonly worker_log_group_name: string;
}

const outputNames: readonly (keyof Outputs)[] = [
  "cluster_name",
  "database_address",
  "database_secret_arn",
  "scan_jobs_queue_url",
  "scan_jobs_dead_letter_queue_url",
  "worker_service_name",
  "worker_log_group_name",
];

/** What the demo sets in both forms: it is gone afterwards, and nobody waits five minutes until the workers rest. */
const inputs = `
  database    = { deletion_protection = false, final_snapshot = false }
  data_bucket = { force_destroy = true }
  workers     = { min = 0, max = 3, empty_minutes = 1, scale_out_cooldown_seconds = 0, scale_in_cooldown_seconds = 0 }
`;

/** Writes the settings of the data scanner. */
export function writeSettings(folder: string, form: Form, region: string): void {
  if (form === "cdktf") {
    const settings = `region = "${region}"\n\ndata_scanner = {\n  name  = "aws-data-scanner"\n  image = "${image}"\n${inputs}}\n`;
    writeFileSync(join(folder, "terraform.tfvars"), settings);
    return;
  }
  writeFileSync(join(folder, "demo.auto.tfvars"), `image = "${image}"\ncreate_bastion = false\n${inputs}`);
  const outputs = outputNames.map((name) => `output "${name}" {\n  value = module.scanner.${name}\n}\n`);
  writeFileSync(join(folder, "demo_outputs.tf"), outputs.join("\n"));
}
