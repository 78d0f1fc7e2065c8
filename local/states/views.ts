import type { Execution } from "./machine";

/** An execution, as in the response of DescribeExecution. */
export function description(execution: Execution): object {
  return {
    ...summary(execution),
    input: execution.input,
    inputDetails: { included: true },
    ...(execution.output === undefined
      ? {}
      : { output: execution.output, outputDetails: { included: true } }),
    ...(execution.error === undefined ? {} : { error: execution.error }),
    ...(execution.cause === undefined ? {} : { cause: execution.cause }),
  };
}

/** An execution, as in the response of ListExecutions. */
export function summary({ arn, machine, name, startedAt, status, stoppedAt }: Execution): object {
  return {
    executionArn: arn,
    stateMachineArn: machine.stateMachineArn,
    name,
    status,
    startDate: startedAt.getTime() / 1000,
    ...(stoppedAt ? { stopDate: stoppedAt.getTime() / 1000 } : {}),
  };
}

/** The detail of the event for a changed status (https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html). */
export function statusChange(execution: Execution): object {
  const { arn, cause, error, input, machine, name, output, startedAt, status, stoppedAt } = execution;
  return {
    executionArn: arn,
    stateMachineArn: machine.stateMachineArn,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    name,
    status,
    startDate: startedAt.getTime(),
    stopDate: stoppedAt?.getTime() ?? null,
    input,
    inputDetails: { included: true },
    output: output ?? null,
    outputDetails: output === undefined ? null : { included: true },
    error: error ?? null,
    cause: cause ?? null,
    redriveCount: 0,
    redriveDate: null,
  };
}
