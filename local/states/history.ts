import type { LogEvent } from "./interpreter";
import type { Execution } from "./machine";

/** Adds an event to the history of an execution, if GetExecutionHistory has such events. */
export function record(execution: Execution, event: LogEvent): void {
  const found = entryOf(event, execution);
  if (!found) return;
  const [type, details] = found;
  const id = execution.history.length + 1;
  const field = /State(Entered|Exited)$/.exec(type)?.[0] ?? type;
  execution.history.push({
    id,
    previousEventId: id - 1,
    timestamp: event.timestamp / 1000,
    type,
    details: { [`${field.charAt(0).toLowerCase()}${field.slice(1)}EventDetails`]: details },
  });
}

function entryOf(event: LogEvent, { machine }: Execution): [type: string, details: object] | undefined {
  switch (event.type) {
    case "ExecutionStarted":
      return [event.type, { input: JSON.stringify(event.input), roleArn: machine.roleArn }];
    case "ExecutionSucceeded":
      return [event.type, { output: JSON.stringify(event.output) }];
    case "ExecutionFailed":
      return [event.type, { error: event.Error, cause: textOf(event.Cause) }];
    case "ExecutionAborted":
      return [event.type, {}];
    case "ExecutionTimeout":
      return ["ExecutionTimedOut", {}];
    case "StateEntered": {
      const { input, name, type } = event.state;
      return [`${type}StateEntered`, { name, input: JSON.stringify(input) }];
    }
    case "StateExited": {
      const { name, output, type } = event.state;
      return [`${type}StateExited`, { name, output: JSON.stringify(output) }];
    }
    case "StateFailed":
      if (event.state.type !== "Task") return undefined;
      return ["TaskFailed", { error: event.Error, cause: textOf(event.Cause) }];
    default:
      return undefined;
  }
}

function textOf(cause: unknown): string {
  return typeof cause === "string" ? cause : JSON.stringify(cause);
}
