import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Form } from "../demo";

/** Image of the task; local AWS runs the project's worker for it. */
export const image = "ghcr.io/acme/worker:1.0.0";

export const platforms = ["arm64_tahoe", "arm64_sequoia", "x86_64_linux"];

/** The VPC of the clients reaches S3 through it. */
export const vpcEndpointId = "vpce-0a1b2c3d4e5f60718";

/** What the demo needs of the module's outputs. */
export interface Outputs {
  readonly cluster_name: string;
  readonly dead_letter_queue_url: string;
  readonly failed_events_queue_url: string;
  readonly launch_function_name: string;
  readonly mirror_bucket_name: string;
  readonly plan_function_name: string;
  readonly sync_function_name: string;
  readonly webhook_secret_name: string;
}

const outputNames: readonly (keyof Outputs)[] = [
  "cluster_name",
  "dead_letter_queue_url",
  "failed_events_queue_url",
  "launch_function_name",
  "mirror_bucket_name",
  "sync_function_name",
];

/** Where Homebrew is, and the key of its API files. */
export interface HomebrewAddress {
  readonly catalogueUrl: string;
  readonly apiUrl: string;
  readonly publicKey: string;
}

const publicKeyFile = "homebrew.pem";

/** What the demo sets in both forms: a small threshold, and no minute between two attempts. */
const inputs = ({ catalogueUrl, apiUrl }: HomebrewAddress, publicKey: string): string => `
  catalogue_url     = "${catalogueUrl}"
  api               = { url = "${apiUrl}", public_key = ${publicKey} }
  platforms         = ${JSON.stringify(platforms)}
  size_threshold_gb = 0.02
  mirror_bucket     = { reader_vpc_endpoint_ids = ["${vpcEndpointId}"], force_destroy = true }
  on_failure        = { action = "retry", max_attempts = 3, backoff_seconds = 1 }
`;

/** Writes the settings of the bottle sync. */
export function writeSettings(folder: string, form: Form, region: string, homebrew: HomebrewAddress): void {
  if (form === "cdktf") {
    const key = `<<EOT\n${homebrew.publicKey}EOT\n `;
    writeFileSync(
      join(folder, "terraform.tfvars"),
      `region = "${region}"\n\nbottle_sync = {\n  name  = "homebrew-bottles-sync"\n  image = "${image}"\n${inputs(homebrew, key)}}\n`,
    );
    return;
  }
  writeFileSync(join(folder, publicKeyFile), homebrew.publicKey);
  // Terraform merges it into the module's block of the example.
  const override = `module "bottle_sync" {${inputs(homebrew, `file("\${path.module}/${publicKeyFile}")`)}}\n`;
  writeFileSync(join(folder, "demo_override.tf"), override);
  const outputs = outputNames.map((name) => `output "${name}" {\n  value = module.bottle_sync.${name}\n}\n`);
  writeFileSync(join(folder, "demo_outputs.tf"), outputs.join("\n"));
}
