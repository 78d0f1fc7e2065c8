import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { providerAddresses, providerProgram } from "../../scripts/setup/index.cjs";
import { fewerCollections, projectRoot } from "../terraform";

/** One process of the AWS provider for many runs of Terraform or OpenTofu. */
export interface SharedProvider {
  /** To be added to the environment of each run. */
  readonly environment: { readonly TF_REATTACH_PROVIDERS: string };
  stop(): void;
}

/** Where the provider runs. */
export interface ProviderPlace {
  /** As for Terraform: the provider reads its endpoint there. */
  readonly environment: NodeJS.ProcessEnv;
  /** Terraform's root, from which the provider reads files. */
  readonly folder: string;
}

/** Every AWS type that a file of the project names. Terraform refuses any other: "does not support resource type". */
function typesInUse(): string[] {
  const types = new Set<string>();
  for (const folder of ["modules", "examples", "testing", "conformance/terraform", "__tests__"]) {
    for (const file of readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })) {
      if (!/\.(tf|hcl|ts|json)$/.test(file) || file.includes(".terraform/")) continue;
      const text = readFileSync(join(projectRoot, folder, file), "utf8");
      for (const [type] of text.matchAll(/\baws_[a-z0-9_]+/g)) types.add(type);
    }
  }
  return [...types];
}

/**
 * Starts the AWS provider once, with the types that the project uses. Each run of Terraform starts it twice or more
 * otherwise and reads the schemas of all its types, which takes most of its processor time. All runs share one
 * configuration: those in one root can, and those that use the schema only (no `place`).
 */
export async function startSharedProvider(place?: ProviderPlace): Promise<SharedProvider> {
  const [provider, types] = [providerProgram(), JSON.stringify(typesInUse())];
  const hash = createHash("sha256").update(`${provider} ${types}`).digest("hex").slice(0, 16);
  const schema = join(projectRoot, ".local-aws", `provider-schema-${hash}`);
  const child = spawn(process.execPath, [join(__dirname, "program.cjs"), provider, types, schema], {
    cwd: place?.folder,
    // With certificates of its own the provider cannot be configured twice, and local AWS needs none.
    env: { ...process.env, ...fewerCollections, ...place?.environment, AWS_CA_BUNDLE: undefined },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const attach = await new Promise<object>((resolve, reject) => {
    createInterface(child.stdout).once("line", (line) => resolve(JSON.parse(line) as object));
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${provider} -debug ended and gave no address.`)));
  });
  const addresses = Object.fromEntries(providerAddresses.map((address) => [address, attach]));
  return {
    environment: { TF_REATTACH_PROVIDERS: JSON.stringify(addresses) },
    stop: () => child.stdin.end(),
  };
}
