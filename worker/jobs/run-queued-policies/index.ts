import { SQSClient } from "@aws-sdk/client-sqs";
import { defineJob } from "../../job";
import { createTaskProtection } from "../../queue/task-protection";
import { workOnQueue } from "../../queue/work-on-queue";
import { createClaims } from "./claims";
import { runQueuedPoliciesEnvironment } from "./environment";
import { createHandleRun } from "./handle-run";
import { reportEnd } from "./report-end";
import { runChild } from "./run-child";

// A run takes minutes. After two hours its worker is dead, whatever its protection says.
const protectionMinutes = 120;

/** Makes the policy runs of a queue, one after the other, until ECS stops the task. Each is a process of its own. */
export const runQueuedPolicies = defineJob(
  runQueuedPoliciesEnvironment,
  async ({ environment, log, s3, signal }) => {
    const { RUN_QUEUE_URL, VISIBILITY_TIMEOUT, ECS_AGENT_URI } = environment;
    const sqs = new SQSClient();
    const validMs = VISIBILITY_TIMEOUT * 1000;
    await workOnQueue({
      sqs,
      queueUrl: RUN_QUEUE_URL,
      visibilitySeconds: VISIBILITY_TIMEOUT,
      waitSeconds: 20,
      idleMs: 5_000,
      protection: createTaskProtection(ECS_AGENT_URI, protectionMinutes, log),
      log,
      signal,
      handle: createHandleRun({
        claims: createClaims(s3(), validMs),
        renewMs: validMs / 3,
        run: runChild,
        report: (launch, end) => reportEnd(sqs, launch, end),
        log,
        signal,
      }),
    });
    return 0;
  },
  "none",
);
