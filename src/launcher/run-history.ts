import type { PolicyStatement } from "../core/policy";

/**
 * Allows EventBridge to write the events of one rule to a log group. EventBridge names its rule only when it writes events,
 * not when it creates a log stream.
 */
export const writeEvents = (logGroupArn: string, ruleArn: string): PolicyStatement[] => {
  const allow = {
    Effect: "Allow",
    Principal: { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] },
    Resource: `${logGroupArn}:*`,
  } as const;
  return [
    { ...allow, Action: "logs:CreateLogStream" },
    { ...allow, Action: "logs:PutLogEvents", Condition: { ArnEquals: { "aws:SourceArn": ruleArn } } },
  ];
};
