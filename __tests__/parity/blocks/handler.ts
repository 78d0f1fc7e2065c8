import { join } from "node:path";
import { Handler, type HandlerProps } from "../../../src/handler";
import { projectRoot } from "../../../testing/terraform";
import { block, everyGrant } from "./block";
import { everyName } from "./names";

const filename = join(projectRoot, "modules", "launcher", "start-task.zip");
const deadLetterQueueArn = "arn:aws:sqs:us-east-1:123456789012:dead-letter";

const everything: HandlerProps = {
  name: "all-function",
  filename,
  deadLetterQueueArn,
  architecture: "x86_64",
  memorySize: 1024,
  timeout: 900,
  environment: { LOG_LEVEL: "DEBUG", GREETING: 'say "hello" & <bye>' },
  policies: {
    read: '{"Statement":[{"Action":"s3:GetObject","Effect":"Allow","Resource":"arn:aws:s3:::data/*"}],"Version":"2012-10-17"}',
  },
  grants: everyGrant,
  runtime: "nodejs20.x",
  handler: "index.other",
  maximumRetryAttempts: 0,
  maximumEventAgeSeconds: 60,
  reservedConcurrentExecutions: 5,
  logRetentionDays: 30,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform" },
};

const inVpc: HandlerProps = {
  name: "vpc-function",
  filename,
  deadLetterQueueArn,
  layers: ["arn:aws:lambda:us-east-1:123456789012:layer:tools:7"],
  vpc: {
    subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    securityGroupIds: ["sg-0123456789abcdef0"],
  },
};

export const handler = block({
  module: "handler",
  construct: Handler,
  settings: {
    defaults: { name: "plain-function", filename, deadLetterQueueArn },
    everything,
    vpc: { ...inVpc, names: everyName(Handler, inVpc) },
    named: { ...everything, name: "named-function", names: everyName(Handler, everything) },
    odd: {
      name: "F_-1",
      filename,
      deadLetterQueueArn,
      reservedConcurrentExecutions: 1,
      memorySize: 128,
      timeout: 1,
      roles: { namePrefix: "_+=,.@-", permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess" },
      policies: {},
      environment: {},
      runtime: "python3.13",
      handler: "a/b-c_d.run",
      layers: [],
    },
  },
});
