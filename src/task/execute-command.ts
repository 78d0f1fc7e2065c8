import type { PolicyStatement } from "../core/policy";
import type { TaskProps } from "./props";

/**
 * What the agent of ECS Exec, which runs in the container with the task role, needs (Amazon ECS Developer Guide, "Monitor
 * Amazon ECS containers with ECS Exec"). `logGroupArn` makes the ARN of a log group from its name.
 */
export const executeCommand = (
  { executeCommandLogGroupName: logGroup, executeCommandKmsKeyArn: kmsKeyArn }: TaskProps,
  logGroupArn: (name: string) => string,
): PolicyStatement[] => [
  // The channels of ssmmessages have no resource-level permissions.
  {
    Effect: "Allow",
    Action: [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    Resource: "*",
  },
  ...(logGroup === undefined ? [] : writeSessions(logGroupArn(logGroup))),
  ...(kmsKeyArn === undefined
    ? []
    : [{ Effect: "Allow" as const, Action: "kms:Decrypt", Resource: kmsKeyArn }]),
];

const writeSessions = (logGroupArn: string): PolicyStatement[] => [
  // DescribeLogGroups is allowed for all log groups or none.
  { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
  {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
    Resource: `${logGroupArn}:*`,
  },
];
