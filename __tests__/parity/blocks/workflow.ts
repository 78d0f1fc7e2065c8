import { Workflow, type WorkflowProps } from "../../../src/workflow";
import { block } from "./block";
import { everyName } from "./names";

const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:engines-start-task";

const everything: WorkflowProps = {
  name: "all-flow",
  functionArn,
  events: {
    start: {
      source: ["custom.app"],
      detailType: ["Start ECS Task"],
      detail: { service: ["auth", "pdf"] },
    },
    nightly: { scheduleExpression: "cron(0 3 * * ? *)", service: "pdf" },
    findings: { preset: "security_hub", minimumSeverity: "HIGH", service: "auth" },
  },
  eventBusArn: "arn:aws:events:us-east-1:123456789012:event-bus/engines",
  maxAttempts: 1,
  retryIntervalSeconds: 60,
  logRetentionDays: 7,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform", "cost-center": "7" },
};

export const workflow = block<WorkflowProps>({
  module: "workflow",
  construct: Workflow,
  settings: {
    defaults: { name: "plain-flow", functionArn },
    everything,
    named: { ...everything, name: "named-workflow", names: everyName(Workflow, everything) },
    odd: {
      name: "F_-9",
      functionArn,
      events: { "9_-a": { source: ['a"<b>&c'], eventBusName: "default" } },
      roles: { namePrefix: "", path: "/" },
      tags: { "a b/c:d": "e+f=g@h" },
    },
  },
  asHcl: (props) => ({
    ...props,
    events: Object.fromEntries(
      Object.entries(props.events ?? {}).map(([name, event]) => [
        name,
        { ...event, detail: event.detail && JSON.stringify(event.detail) },
      ]),
    ),
  }),
});
