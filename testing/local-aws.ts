import { type LocalAws, type LocalAwsOptions, startLocalAws } from "../local";
import { ensurePython } from "../scripts/setup/index.cjs";

/** Starts local AWS with moto, in the region of the tests' roots. */
export function startTestAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  ensurePython();
  return startLocalAws({ region: "us-east-1", ...options });
}
