locals {
  definition = jsonencode({
    Comment = "Launches the task that the input asks for and publishes the outcome."
    StartAt = "Launch"
    States = {
      Launch = {
        Type     = "Task"
        Resource = "arn:${local.partition}:states:::lambda:invoke"
        Parameters = {
          FunctionName = var.function_arn
          # An input without an id gets the execution's name: the id makes retries idempotent.
          "Payload.$" = "States.JsonMerge(States.StringToJson(States.Format('\\{\"id\":\"{}\"\\}', $$.Execution.Name)), $$.Execution.Input, false)"
        }
        OutputPath = "$.Payload.body"
        Retry = [{
          ErrorEquals     = local.transient_errors
          IntervalSeconds = var.retry_interval_seconds
          MaxAttempts     = var.max_attempts - 1
          BackoffRate     = 2
          MaxDelaySeconds = 300
          JitterStrategy  = "FULL"
        }]
        Catch = [{ ErrorEquals = ["States.ALL"], Next = "ReportFailure" }]
        Next  = "CheckCapacity"
      }
      # A task that waits for a container instance has a status and no address. The wait uses up no attempt.
      CheckCapacity = {
        Type    = "Choice"
        Choices = [{ Variable = "$.lastStatus", IsPresent = true, Next = "WaitForCapacity" }]
        Default = "Report"
      }
      WaitForCapacity = {
        Type    = "Wait"
        Seconds = 30
        Next    = "Launch"
      }
      Report = merge(local.publish, {
        Parameters = {
          Entries = [{
            EventBusName = local.event_bus_arn
            Source       = var.name
            DetailType   = "ECS Task Started"
            Detail = {
              "request.$"        = "$$.Execution.Input"
              "taskArn.$"        = "$.taskArn"
              "taskId.$"         = "$.taskId"
              "privateIp.$"      = "$.privateIp"
              "port.$"           = "$.port"
              "targetGroupArn.$" = "$.targetGroupArn"
              "healthStatus.$"   = "$.healthStatus"
            }
          }]
        }
        End = true
      })
      ReportFailure = merge(local.publish, {
        Parameters = {
          Entries = [{
            EventBusName = local.event_bus_arn
            Source       = var.name
            DetailType   = "ECS Task Failed"
            Detail = {
              "request.$" = "$$.Execution.Input"
              "error.$"   = "$.Error"
              "cause.$"   = "$.Cause"
            }
          }]
        }
        # The execution fails with the error of the launch, even if that could not be published.
        Catch = [{ ErrorEquals = ["States.ALL"], ResultPath = null, Next = "Fail" }]
        Next  = "Fail"
      })
      Fail = {
        Type      = "Fail"
        ErrorPath = "$.Error"
        CausePath = "$.Cause"
      }
    }
  })

  # Errors worth a retry. After TaskWaitTimeout the retry finds the same task by the event's id and waits again.
  transient_errors = [
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
  ]

  publish = {
    Type       = "Task"
    Resource   = "arn:${local.partition}:states:::events:putEvents"
    ResultPath = null
    Retry = [{
      ErrorEquals     = ["States.ALL"]
      IntervalSeconds = 2
      MaxAttempts     = 5
      BackoffRate     = 2
      JitterStrategy  = "FULL"
    }]
  }
}
