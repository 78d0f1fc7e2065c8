import { type LocalAws, type LocalAwsOptions, startLocalAws } from "../local";
import { ensurePython } from "../scripts/setup/index.cjs";
import { startSharedProvider } from "./shared-provider";

/** Starts local AWS with moto, in the region of the tests' roots. */
export function startTestAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  ensurePython();
  return startLocalAws({ region: "us-east-1", ...options });
}

/** Adds one process of the AWS provider, which all runs of Terraform in `folder` share. */
export async function withSharedProvider(localAws: LocalAws, folder: string): Promise<LocalAws> {
  const provider = await startSharedProvider({ environment: localAws.environment, folder });
  return {
    ...localAws,
    environment: { ...localAws.environment, ...provider.environment },
    async stop() {
      provider.stop();
      await localAws.stop();
    },
  };
}
