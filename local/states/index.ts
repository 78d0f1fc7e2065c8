import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { type HttpResponse, jsonResponse } from "../http";
import { Regional } from "../regional";
import type { Call, Caller } from "../routing";
import type { ServiceCalls } from "../service-calls";
import { askJson, type Upstream } from "../upstream";
import { record } from "./history";
import { interpret, invalidReason } from "./interpreter";
import type { Execution, StateMachine } from "./machine";
import { runTask } from "./task";
import { description, statusChange, summary } from "./views";

export interface StepFunctionsOptions {
  clock: Clock;
  calls: Pick<ServiceCalls, "make">;
  upstream: Upstream;
  /** Receives the `Step Functions Execution Status Change` events. */
  publish(
    caller: Caller,
    event: { source: string; detailType: string; resources: string[]; detail: object },
  ): void;
}

interface Input {
  definition?: string;
  stateMachineArn?: string;
  executionArn?: string;
  name?: string;
  input?: string;
  error?: string;
  cause?: string;
  statusFilter?: string;
  reverseOrder?: boolean;
}

type Action = (call: Call, input: Input) => unknown;

const MAX_INPUT_BYTES = 262_144;

/** AWS Step Functions: executions are here, the control plane is moto. */
export class StepFunctions {
  private readonly executions = new Regional<Map<string, Execution>>(() => new Map());
  private readonly running = new Set<Execution>();
  private stopped = false;

  constructor(private readonly options: StepFunctionsOptions) {}

  async handle(call: Call): Promise<HttpResponse> {
    const action = this.actions[call.action];
    if (!action) return this.options.upstream.send(call);
    return jsonResponse(await action(call, JSON.parse(call.request.body.toString() || "{}") as Input));
  }

  /** Aborts all executions without events. */
  stop(): void {
    this.stopped = true;
    for (const execution of this.running) execution.abort();
  }

  private readonly actions: Record<string, Action> = {
    // Terraform calls both; moto has neither.
    ListStateMachineVersions: () => ({ stateMachineVersions: [] }),

    ValidateStateMachineDefinition: (_call, { definition = "" }) => {
      const message = invalidReason(definition);
      const diagnostics = message ? [{ severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message }] : [];
      return { result: message ? "FAIL" : "OK", diagnostics, truncated: false };
    },

    StartExecution: async (call, input) => {
      const machine = await this.machine(call, input.stateMachineArn);
      const { arn, startedAt } = this.begin(call, machine, input);
      return { executionArn: arn, startDate: startedAt.getTime() / 1000 };
    },

    StartSyncExecution: async (call, input) => {
      const machine = await this.machine(call, input.stateMachineArn);
      if (machine.type !== "EXPRESS") {
        throw new AwsError(
          "StateMachineTypeNotSupported",
          "This operation is not supported by this type of state machine",
        );
      }
      const execution = this.begin(call, machine, input);
      await execution.ended;
      return description(execution);
    },

    DescribeExecution: (call, { executionArn }) => description(this.execution(call, executionArn)),

    StopExecution: (call, { cause, error, executionArn }) => {
      const execution = this.execution(call, executionArn);
      execution.error ??= error;
      execution.cause ??= cause;
      execution.abort();
      return { stopDate: (execution.stoppedAt ?? this.options.clock.now()).getTime() / 1000 };
    },

    ListExecutions: (call, { stateMachineArn, statusFilter }) => {
      const found = [...this.executions.of(call).values()].filter(
        ({ machine, status }) =>
          machine.stateMachineArn === stateMachineArn && (statusFilter ?? status) === status,
      );
      return { executions: found.reverse().map(summary) };
    },

    GetExecutionHistory: (call, { executionArn, reverseOrder }) => {
      const events = this.execution(call, executionArn).history.map(({ details, ...event }) => ({
        ...event,
        ...details,
      }));
      return { events: reverseOrder ? events.reverse() : events };
    },
  };

  private machine(caller: Caller, stateMachineArn: string | undefined): Promise<StateMachine> {
    const input = { stateMachineArn };
    return askJson(this.options.upstream, caller, "states", "DescribeStateMachine", input);
  }

  private execution(caller: Caller, arn = ""): Execution {
    const found = this.executions.of(caller).get(arn);
    if (!found) throw new AwsError("ExecutionDoesNotExist", `Execution Does Not Exist: '${arn}'`);
    return found;
  }

  private begin({ account, region }: Caller, machine: StateMachine, given: Input): Execution {
    const { clock } = this.options;
    const { input = "{}", name = randomUUID() } = given;
    const parsed = parsedInput(input);
    const express = machine.type === "EXPRESS";
    const kind = express ? "express" : "execution";
    const arn = `arn:aws:states:${region}:${account}:${kind}:${machine.name}:${name}${express ? `:${randomUUID()}` : ""}`;
    const executions = this.executions.of({ account, region });
    const earlier = executions.get(arn);
    if (earlier?.status === "RUNNING" && earlier.input === input) return earlier;
    if (earlier) throw new AwsError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    const startedAt = clock.now();
    const execution: Execution = {
      caller: { account, region },
      arn,
      name,
      machine,
      input,
      startedAt,
      status: "RUNNING",
      history: [],
      abort: () => {},
      ended: Promise.resolve(),
    };
    executions.set(arn, execution);
    this.run(execution, parsed);
    return execution;
  }

  private run(execution: Execution, input: unknown): void {
    const { arn, caller, machine, name, startedAt } = execution;
    const { name: machineName, roleArn, stateMachineArn } = machine;
    const actor = { roleArn, principal: "states.amazonaws.com", sourceArn: stateMachineArn };
    const task = {
      ...caller,
      arns: [arn, stateMachineArn],
      make: (call: Parameters<ServiceCalls["make"]>[1]) => this.options.calls.make(actor, call),
    };
    this.running.add(execution);
    this.publishStatus(execution);
    const { abort, ended } = interpret({
      definition: machine.definition,
      input,
      context: {
        Execution: { Id: arn, Name: name, RoleArn: roleArn, StartTime: startedAt.toISOString() },
        StateMachine: { Id: stateMachineArn, Name: machineName },
      },
      task: (resource, value) => runTask(resource, value, task),
      log: (event) => record(execution, event),
    });
    execution.abort = abort;
    execution.ended = ended.then(({ cause, error, output, status }) => {
      this.running.delete(execution);
      execution.status = status;
      execution.stoppedAt = this.options.clock.now();
      execution.output = output === undefined ? undefined : JSON.stringify(output);
      execution.error ??= error;
      execution.cause ??= cause;
      this.publishStatus(execution);
    });
  }

  private publishStatus(execution: Execution): void {
    // Express executions send no events.
    if (this.stopped || execution.machine.type === "EXPRESS") return;
    this.options.publish(execution.caller, {
      source: "aws.states",
      detailType: "Step Functions Execution Status Change",
      resources: [execution.arn],
      detail: statusChange(execution),
    });
  }
}

function parsedInput(text: string): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_INPUT_BYTES) {
    throw new AwsError(
      "InvalidExecutionInput",
      `The input has ${bytes} bytes; allowed: ${MAX_INPUT_BYTES} bytes.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError(
      "InvalidExecutionInput",
      `Invalid State Machine Execution Input: '${text}' is not JSON`,
    );
  }
}
