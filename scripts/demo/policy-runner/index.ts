import { ensureCustodian } from "../../setup/index.cjs";
import type { Demo } from "../demo";
import { PolicyRunnerAws } from "./aws";
import { createBucketEvent } from "./events";
import { play } from "./play";
import { json, summary } from "./report";
import { image, type Outputs, writeSettings } from "./settings";
import { verifyOutcome } from "./verdict";

/** A security finding runs a Cloud Custodian policy on the finding's resource. */
export const policyRunner: Demo<Outputs> = {
  name: "policy-runner",
  example: "policy-runner",
  stack: "policy-runner",
  // A policy runs in the region of the function only.
  region: createBucketEvent.region!,
  images: (worker) => ({ [image]: `env CUSTODIAN="${ensureCustodian()}" ${worker}` }),
  writeSettings(folder, form) {
    writeSettings(folder, form, this.region);
  },
  async play({ outputs, localAws, steps }) {
    const aws = new PolicyRunnerAws(outputs, localAws.environment);
    const happened = await play(aws, localAws, outputs, steps);
    return { summary: summary(happened), json: json(happened), wrong: verifyOutcome(happened) };
  },
  lookAround: (outputs, endpoint) => [
    `curl ${endpoint}/_local/events -H 'content-type: application/json' -d '${JSON.stringify(createBucketEvent)}'`,
    `aws ecs list-tasks --cluster ${outputs.cluster_name} --desired-status STOPPED`,
    `aws logs filter-log-events --log-group-name ${outputs.log_group_name}`,
    `aws logs filter-log-events --log-group-name /aws/lambda/${outputs.function_name}`,
    `aws sqs receive-message --queue-url ${outputs.dead_letter_queue_url}`,
  ],
};
