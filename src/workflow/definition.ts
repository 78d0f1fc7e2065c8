import type { Json } from "../core/json";

export interface Steps {
  readonly partition: string;
  readonly functionArn: string;
  readonly eventBusArn: string;
  readonly eventSource: string;
  readonly maxAttempts: number;
  readonly retryIntervalSeconds: number;
}

/** What another try may cure. A task that was not up in time is found again by its event's id, and waited for. */
const passingErrors = [
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

/** What a state machine does, in the Amazon States Language: launch, then tell what came of it. */
export function definition(steps: Steps): Json {
  return {
    Comment: "Launches the task that the input asks for, and tells what came of it.",
    StartAt: "Launch",
    States: {
      Launch: {
        Type: "Task",
        Resource: `arn:${steps.partition}:states:::lambda:invoke`,
        Parameters: {
          FunctionName: steps.functionArn,
          // An input without an id gets the execution's name: by the id, a try finds the task of a try before it.
          "Payload.$":
            'States.JsonMerge(States.StringToJson(States.Format(\'\\{"id":"{}"\\}\', $$.Execution.Name)), $, false)',
        },
        OutputPath: "$.Payload.body",
        Retry: [
          {
            ErrorEquals: passingErrors,
            IntervalSeconds: steps.retryIntervalSeconds,
            MaxAttempts: steps.maxAttempts - 1,
            BackoffRate: 2,
            MaxDelaySeconds: 300,
            JitterStrategy: "FULL",
          },
        ],
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "ReportFailure" }],
        Next: "Report",
      },
      Report: {
        ...tell(steps, "ECS Task Started", {
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
        ...tell(steps, "ECS Task Failed", { "error.$": "$.Error", "cause.$": "$.Cause" }),
        // The execution fails by the error of the launch, even where nobody could be told of it.
        Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: null, Next: "Fail" }],
        Next: "Fail",
      },
      Fail: { Type: "Fail", ErrorPath: "$.Error", CausePath: "$.Cause" },
    },
  };
}

const tell = ({ partition, eventBusArn, eventSource }: Steps, detailType: string, detail: object) => ({
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
