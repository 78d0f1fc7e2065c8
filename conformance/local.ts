import { setTimeout as realSleep } from "node:timers/promises";
import { type LocalAws, type LocalAwsOptions, startLocalAws, VirtualClock } from "../local";
import { DEFAULT_ACCOUNT } from "../local/routing";
import { ensurePython } from "../scripts/setup/index.cjs";
import type { ConformOptions } from "./conform";

/** The program of the image of the checks: the command of the task itself. */
const images = { "public.ecr.aws/docker/library/busybox:stable": "env" };
/** Real time in which the processes of functions and tasks get on while virtual time passes. */
const REAL_MS = 20;

/** Starts local AWS for the checks. */
export async function startAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  ensurePython();
  return startLocalAws({ images, clock: "virtual", region: "us-east-1", log: () => {}, ...options });
}

/** How checks run on local AWS whose clock is virtual: hours pass in milliseconds. */
export function onLocalAws(
  aws: LocalAws,
): Pick<ConformOptions, "account" | "connection" | "environment" | "now" | "sleep"> {
  const { clock, endpoint, environment } = aws;
  if (!(clock instanceof VirtualClock)) throw new Error("The clock of local AWS must be virtual.");
  return {
    account: DEFAULT_ACCOUNT,
    environment,
    connection: {
      endpoint,
      region: environment.AWS_REGION ?? "",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    now: () => clock.now(),
    sleep: async (ms) => {
      await clock.advance(ms);
      await realSleep(REAL_MS);
    },
  };
}
