import { Schedule, type ScheduleProps, type ScheduleRoute } from "../../../src/schedule";
import { block } from "./block";
import { everyName } from "./names";

const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:engines-start-task";

const route: ScheduleRoute = {
  clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
  taskDefinitionArnWithoutRevision: "arn:aws:ecs:us-east-1:123456789012:task-definition/engines-report",
  containerName: "engines-report",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleArn: "arn:aws:iam::123456789012:role/engines-report-task",
  executionRoleArn: "arn:aws:iam::123456789012:role/engines-report-execution",
};

const event = {
  id: "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>",
  time: "<aws.scheduler.scheduled-time>",
  source: "schedule",
  "detail-type": "Start ECS Task",
  detail: { service: "report", text: 'a"b\\c <&> é', numbers: [1, 2.5, null, true] },
};

const everything: ScheduleProps = {
  name: "all-schedule",
  scheduleExpression: "cron(0 3 ? * MON-FRI *)",
  timeZone: "America/Argentina/Buenos_Aires",
  enabled: false,
  flexibleWindowMinutes: 15,
  functionArn,
  input: event,
  maximumEventAgeSeconds: 60,
  maximumRetryAttempts: 0,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform", "cost/center": "7" },
};

export const schedule = block<ScheduleProps>({
  module: "schedule",
  construct: Schedule,
  settings: {
    defaults: { name: "plain-schedule", scheduleExpression: "rate(5 minutes)", functionArn },
    everything,
    named: { ...everything, name: "named-schedule", names: everyName(Schedule, everything) },
    task: {
      name: "task-schedule",
      scheduleExpression: "cron(0 3 * * ? *)",
      timeZone: "Europe/Berlin",
      target: "task",
      route: { ...route, assignPublicIp: true, networkMode: "awsvpc", capacity: "FARGATE" },
      service: "report",
      input: event,
    },
    spot: {
      name: "spot-schedule",
      scheduleExpression: "rate(1 day)",
      target: "task",
      route: { ...route, capacity: "FARGATE_SPOT" },
      service: "report",
    },
    bridge: {
      name: "bridge-schedule",
      scheduleExpression: "rate(1 days)",
      target: "task",
      route: { ...route, networkMode: "bridge", capacity: "gpu" },
      service: "report",
    },
    cluster_default: {
      name: "default-schedule",
      scheduleExpression: "rate(1 hour)",
      target: "task",
      route: { ...route, capacity: "CLUSTER_DEFAULT" },
      service: "report",
    },
    odd: {
      name: "_S-9-this-name-is-as-long-as-a-name-of-a-schedule-can-be-in-AWS-",
      scheduleExpression: "at(2031-02-28T23:59:59)",
      timeZone: "Etc/GMT+5",
      functionArn,
      roles: {},
      input: "<aws.scheduler.attempt-number>",
      tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" },
    },
  },
  asHcl: ({ input, ...props }) => ({
    ...props,
    input: input === undefined ? undefined : JSON.stringify(input),
  }),
});
