import type { InProcessOptions } from "../../local";
import type { Task } from "../../local/ecs/task";
import type { StepPolicy } from "../../src/ecs-service/steps";
import { account } from "./ecs-account";

export const MINUTE = 60_000;
export const SERVICE_ARN = "arn:aws:ecs:eu-west-1:123456789012:service/engines/worker";
const RESOURCE = {
  ServiceNamespace: "ecs",
  ResourceId: "service/engines/worker",
  ScalableDimension: "ecs:service:DesiredCount",
};
const QUEUE_URL = "http://127.0.0.1:4566/123456789012/jobs";

export interface Deployment {
  id: string;
  status: string;
  rolloutState: string;
  rolloutStateReason: string;
  failedTasks: number;
  runningCount: number;
  taskDefinition: string;
}

export interface Described {
  status: string;
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  taskDefinition: string;
  deployments: Deployment[];
  events: { message: string }[];
}

type Answer = Record<string, never> & { status: number };

/** An account in process with the ECS service `worker` of the cluster `engines`, and the queue `jobs`. */
export async function serviceWorld(options: InProcessOptions = {}) {
  const aws = await account({ containers: () => ({}), ...options });
  const { clock } = aws;
  const handler = aws.requestHandler();

  /** A call of a service with a JSON API. Throws the code and the message of an error. */
  async function ask<T = Answer>(service: string, action: string, input: object = {}): Promise<T> {
    const { response } = await handler.handle({
      method: "POST",
      path: "/",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/${service}/aws4_request, x`,
        "x-amz-target": `X.${action}`,
      },
      body: JSON.stringify(input),
    });
    const body = JSON.parse(String(response.body) || "{}") as T & { __type?: string; message?: string };
    if (response.statusCode >= 300) throw new Error(`${body.__type}: ${body.message}`);
    return body;
  }

  const createService = (more: object = {}) =>
    ask("ecs", "CreateService", {
      cluster: "engines",
      serviceName: "worker",
      taskDefinition: "auth",
      launchType: "FARGATE",
      desiredCount: 1,
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } },
      ...more,
    });
  const updateService = (more: object) =>
    ask("ecs", "UpdateService", { cluster: "engines", service: "worker", ...more });
  const describeService = async (): Promise<Described> => {
    const input = { cluster: "engines", services: ["worker"] };
    return (await ask<{ services: Described[] }>("ecs", "DescribeServices", input)).services[0] as Described;
  };
  const listTasks = async (): Promise<string[]> => {
    const input = { cluster: "engines", serviceName: "worker" };
    return (await ask<{ taskArns: string[] }>("ecs", "ListTasks", input)).taskArns;
  };
  /** The tasks that are not being stopped. */
  const living = (): Task[] => aws.tasks().filter(({ desiredStatus }) => desiredStatus === "RUNNING");
  const running = (): number => living().filter(({ lastStatus }) => lastStatus === "RUNNING").length;
  const protect = (tasks: Task[], protectionEnabled = true, expiresInMinutes?: number) =>
    ask<{ protectedTasks: object[]; failures: object[] }>("ecs", "UpdateTaskProtection", {
      cluster: "engines",
      tasks: tasks.map(({ arn }) => arn),
      protectionEnabled,
      expiresInMinutes,
    });
  const send = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1)
      await ask("sqs", "SendMessage", { QueueUrl: QUEUE_URL, MessageBody: "scan" });
  };
  const register = (MinCapacity: number, MaxCapacity: number) =>
    ask("application-autoscaling", "RegisterScalableTarget", { ...RESOURCE, MinCapacity, MaxCapacity });
  const putPolicy = (PolicyName: string, configuration: object) =>
    ask<{ PolicyARN: string; Alarms: { AlarmName: string }[] }>(
      "application-autoscaling",
      "PutScalingPolicy",
      {
        ...RESOURCE,
        PolicyName,
        ...configuration,
      },
    );

  /** The policies of the block `ecs-service`, each with its alarm. */
  async function putStepPolicies(policies: Record<string, StepPolicy>): Promise<void> {
    for (const [key, policy] of Object.entries(policies)) {
      const bound = (value: string | undefined) => (value === undefined ? undefined : Number(value));
      const { PolicyARN } = await putPolicy(key, {
        PolicyType: "StepScaling",
        StepScalingPolicyConfiguration: {
          AdjustmentType: policy.adjustment,
          Cooldown: policy.cooldown,
          MetricAggregationType: policy.statistic,
          StepAdjustments: policy.steps.map(({ count, from, to }) => ({
            ScalingAdjustment: count,
            MetricIntervalLowerBound: bound(from),
            MetricIntervalUpperBound: bound(to),
          })),
        },
      });
      await ask("monitoring", "PutMetricAlarm", {
        AlarmName: key,
        EvaluationPeriods: policy.periods,
        ComparisonOperator: policy.operator,
        Threshold: policy.threshold,
        TreatMissingData: policy.missing,
        AlarmActions: [PolicyARN],
        Metrics: [
          { Id: "watched", Expression: policy.expression, ReturnData: true },
          ...Object.entries(policy.metrics).map(([Id, { namespace, name, dimensions, statistic }]) => ({
            Id,
            ReturnData: false,
            MetricStat: {
              Metric: {
                Namespace: namespace,
                MetricName: name,
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              },
              Period: 60,
              Stat: statistic,
            },
          })),
        ],
      });
    }
  }

  const stateOf = async (alarm: string): Promise<string | undefined> => {
    const { MetricAlarms } = await ask<{ MetricAlarms: { StateValue: string }[] }>(
      "monitoring",
      "DescribeAlarms",
      { AlarmNames: [alarm] },
    );
    return MetricAlarms[0]?.StateValue;
  };

  await ask("sqs", "CreateQueue", { QueueName: "jobs", Attributes: { VisibilityTimeout: "43200" } });
  return {
    ...aws,
    advance: (minutes: number) => clock.advance(minutes * MINUTE),
    ask,
    createService,
    describeService,
    handler,
    listTasks,
    living,
    protect,
    putPolicy,
    putStepPolicies,
    queueUrl: QUEUE_URL,
    register,
    running,
    send,
    stateOf,
    updateService,
  };
}
