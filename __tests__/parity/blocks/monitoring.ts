import { Monitoring, type MonitoringProps } from "../../../src/monitoring";
import { block } from "./block";
import { everyName } from "./names";

const functions = {
  "start-task": { functionName: "engines-start-task", timeoutSeconds: 30 },
  "register-targets": { functionName: "engines-register-targets", timeoutSeconds: 60 },
};

const everything: MonitoringProps = {
  name: "all-monitoring",
  dashboardName: "all-monitoring-eu-west-1",
  functions: { ...functions, other: { functionName: "other", timeoutSeconds: 900 } },
  services: ["pdf", "auth", "report"],
  deadLetterQueueNames: ["engines-register-targets-dead-letter", "engines-dead-letter"],
  targetGroups: {
    pdf: "targetgroup/pdf-1a2b/943f017f100becff",
    auth: "targetgroup/auth-1a2b/73e2d6bc24d8a067",
  },
  loadBalancerArnSuffix: "app/engines/50dc6c495c0c9188",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  tags: { team: "platform", "cost/center": "7" },
};

export const monitoring = block<MonitoringProps>({
  module: "monitoring",
  construct: Monitoring,
  settings: {
    defaults: {
      name: "plain-monitoring",
      functions: { "start-task": functions["start-task"] },
      services: ["auth"],
    },
    everything,
    named: { ...everything, name: "named-monitoring", names: everyName(Monitoring, everything) },
    policies: {
      name: "policies",
      functions: { "run-policy": { functionName: "policies-run-policy", timeoutSeconds: 60 } },
      services: ["custodian-worker"],
    },
    scans: {
      name: "scans",
      functions: {
        scan: { functionName: "scanner-scan-dev", timeoutSeconds: 29 },
        "list-objects": {
          functionName: "scanner-list-objects-dev",
          timeoutSeconds: 900,
          durationAlarm: false,
        },
      },
      ecsServices: {
        worker: { clusterName: "scanner", serviceName: "worker" },
        "a b": { clusterName: "other", serviceName: "other" },
      },
      queueNames: ["scan-jobs", "a"],
      databaseIds: ["scanner", "reports"],
    },
    odd: {
      name: "_M-9",
      functions: { "a-B_9": { functionName: "nothing-of-ours", timeoutSeconds: 1 } },
      services: ["auth"],
      targetGroups: { "Auth_-9": "targetgroup/A-9/0" },
      loadBalancerArnSuffix: "app/A-9/0",
      tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" },
    },
  },
});
