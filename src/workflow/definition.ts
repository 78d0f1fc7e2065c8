import { Token } from "cdktf";
import { expression } from "../core/expression";
import type { Json } from "../core/json";
import { isToken } from "../core/validation";

/** Values that the definition of the state machine contains. */
export interface DefinitionValues {
  /** AWS partition of the state machine, for instance `aws`. */
  readonly partition: string;
  /** ARN of the function `start-task`. */
  readonly functionArn: string;
  /** ARN of the event bus to which the outcome is published. */
  readonly eventBusArn: string;
  /** `source` of the published events. */
  readonly eventSource: string;
  /** Maximum number of attempts of a launch, the first included. */
  readonly maxAttempts: number;
  /** Maximum delay of the first retry, in seconds. */
  readonly retryIntervalSeconds: number;
}

/** Errors worth a retry. After TaskWaitTimeout the retry finds the same task by the event's id and waits again. */
const transientErrors = [
  "CapacityUnavailable",
  "Lambda.AWSLambdaException",
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.SdkClientException",
  "Lambda.ServiceException",
  "Lambda.TooManyRequestsException",
  "ServerException",
  "TaskMissing",
  "TaskWaitTimeout",
  "ThrottlingException",
  "TooManyRequestsException",
];

/** Definition of the state machine in the Amazon States Language: launches the task, then publishes the outcome. */
export function definition(values: DefinitionValues): Json {
  return {
    Comment: "Launches the task that the input asks for and publishes the outcome.",
    StartAt: "Launch",
    States: {
      Launch: {
        Type: "Task",
        Resource: `arn:${values.partition}:states:::lambda:invoke`,
        Parameters: {
          FunctionName: values.functionArn,
          // An input without an id gets the execution's name: the id makes retries idempotent.
          "Payload.$":
            'States.JsonMerge(States.StringToJson(States.Format(\'\\{"id":"{}"\\}\', $$.Execution.Name)), $$.Execution.Input, false)',
        },
        OutputPath: "$.Payload.body",
        Retry: [
          {
            ErrorEquals: transientErrors,
            IntervalSeconds: values.retryIntervalSeconds,
            MaxAttempts: oneLess(values.maxAttempts),
            BackoffRate: 2,
            MaxDelaySeconds: 300,
            JitterStrategy: "FULL",
          },
        ],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "ReportFailure" }],
        Next: "CheckCapacity",
      },
      // A task that waits for a container instance has a status and no address. The wait uses up no attempt.
      CheckCapacity: {
        Type: "Choice",
        Choices: [{ Variable: "$.lastStatus", IsPresent: true, Next: "WaitForCapacity" }],
        Default: "Report",
      },
      WaitForCapacity: { Type: "Wait", Seconds: 30, Next: "Launch" },
      Report: {
        ...publish(values, "ECS Task Started", {
          "taskArn.$": "$.taskArn",
          "taskId.$": "$.taskId",
          "privateIp.$": "$.privateIp",
          "port.$": "$.port",
          "targetGroupArn.$": "$.targetGroupArn",
          "healthStatus.$": "$.healthStatus",
        }),
        End: true,
      },
      ReportFailure: {
        ...publish(values, "ECS Task Failed", { "error.$": "$.Error", "cause.$": "$.Cause" }),
        // The execution fails with the error of the launch, even if that could not be published.
        Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: null, Next: "Fail" }],
        Next: "Fail",
      },
      Fail: { Type: "Fail", ErrorPath: "$.Error", CausePath: "$.Cause" },
    },
  };
}

const publish = (
  { partition, eventBusArn, eventSource }: DefinitionValues,
  detailType: string,
  detail: object,
) => ({
  Type: "Task",
  Resource: `arn:${partition}:states:::events:putEvents`,
  Parameters: {
    Entries: [
      {
        EventBusName: eventBusArn,
        Source: eventSource,
        DetailType: detailType,
        Detail: { "request.$": "$$.Execution.Input", ...detail },
      },
    ],
  },
  ResultPath: null,
  Retry: [
    {
      ErrorEquals: ["States.ALL"],
      IntervalSeconds: 2,
      MaxAttempts: 5,
      BackoffRate: 2,
      JitterStrategy: "FULL",
    },
  ],
});

const oneLess = (count: number): number =>
  isToken(count) ? Token.asNumber(expression`${count} - 1`) : count - 1;
