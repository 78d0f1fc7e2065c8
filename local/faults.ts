import { AwsError, CallerCrash, ConnectionReset } from "./aws-error";
import type { Clock } from "./clock";
import { isPlannedEnd, PLANNED_ENDS, type PlannedEnd } from "./ecs/planned-end";
import type { RunTaskInput } from "./ecs/types";

/** What happens to a call instead of its normal effect, or in addition to it. */
export type FaultKind =
  /** `ThrottlingException: Rate exceeded` */
  | { fault: "throttle" }
  | { fault: "error"; code: string; message?: string; status?: number }
  /** The connection is reset. `after`: the call takes effect, but the caller gets no response. */
  | { fault: "reset"; when: "before" | "after" }
  /** RunTask: HTTP 200 with nothing in `tasks` and this reason in `failures`. */
  | { fault: "failures"; reason: string; detail?: string; where?: Placement }
  /** RunTask: the task is accepted and stops with this reason before it runs. */
  | { fault: "failsToStart"; reason: string; where?: Placement }
  /** RunTask: the task is accepted and ends as planned. */
  | (PlannedEnd & { where?: Placement })
  | { fault: "latency"; ms: number }
  /** The function that makes the call crashes. */
  | { fault: "crash"; when: "before" | "after" }
  /** DescribeTasks: every requested task is a failure with reason `MISSING`. */
  | { fault: "missing" }
  /** `events:Deliver`: the event is delivered twice. */
  | { fault: "duplicate" }
  /** `events:Deliver`: the event is delivered later, so that later events overtake it. */
  | { fault: "delay"; ms: number }
  /** `events:Deliver`: the event is not delivered. */
  | { fault: "lose" }
  /** The call is not changed; for scripts like "the second call fails". */
  | { fault: "none" };

/** The launches that a fault applies to. An absent field matches every launch. */
export interface Placement {
  /** Family of the task definition. */
  family?: string;
  /** `FARGATE`, `FARGATE_SPOT`, `EC2`, … */
  capacityProvider?: string;
  /** Matches launches whose subnets are all in this list. */
  subnets?: string[];
}

/** One line of a fault script. The first line that matches a call and is not used up applies. */
export type Fault = FaultKind & {
  /** Service as in a signature's credential scope: `ecs`, `sqs`, `events`, `lambda`, `s3`, … */
  service: string;
  /**
   * Name of the API action, e.g. `RunTask`; `*` for every action of the service. `Deliver` of `events` is the delivery of
   * one event, or of one scheduled invocation of a rule, to one target. `StartServiceTask` of `ecs` is the start of a task
   * by the scheduler of ECS services, with the faults of RunTask that a task can have.
   */
  action: string;
  /** `events:Deliver`: only events of this detail-type, e.g. `ECS Task State Change`; default: every event. */
  detailType?: string;
  /** How many calls it applies to; default: all. */
  times?: number;
  /** 0 to 1, default 1. */
  probability?: number;
};

const CALL_KINDS = [
  "throttle",
  "error",
  "reset",
  "failures",
  "failsToStart",
  ...PLANNED_ENDS,
  "latency",
  "crash",
  "missing",
  "none",
];
const DELIVERY_KINDS = ["duplicate", "delay", "lose", "none"];
const SERVICE_TASK_KINDS = ["failures", "failsToStart", ...PLANNED_ENDS, "none"];

/** A fault script, and how often each of its lines was used. */
export class Faults {
  private script: Fault[] = [];
  private used = new Map<Fault, number>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Replaces the script. Throws if a line is invalid. */
  set(script: unknown): void {
    this.script = parseFaults(script);
    this.used = new Map();
  }

  /**
   * Finds the fault for a call and counts its use.
   *
   * @param input returns the parameters of the call; called only for a line with `where`
   */
  take(service: string, action: string, input: () => unknown = () => ({})): Fault | undefined {
    return this.first(
      (line) =>
        line.service === service &&
        (line.action === "*" || line.action === action) &&
        !isDelivery(line) &&
        (!("where" in line) || matchesLaunch(line.where, input() as RunTaskInput)),
    );
  }

  /** Finds the fault for a delivery of an event of this detail-type and counts its use. */
  takeDelivery(detailType: string): Fault | undefined {
    return this.first(
      (line) => isDelivery(line) && (line.detailType === undefined || line.detailType === detailType),
    );
  }

  /** Finds the fault for the start of a task of an ECS service and counts its use. */
  takeServiceTask(input: RunTaskInput): Fault | undefined {
    return this.first(
      (line) => isServiceTask(line) && (!("where" in line) || matchesLaunch(line.where, input)),
    );
  }

  private first(matches: (line: Fault) => boolean): Fault | undefined {
    const fault = this.script.find(
      (line) =>
        matches(line) &&
        (this.used.get(line) ?? 0) < (line.times ?? Number.POSITIVE_INFINITY) &&
        this.random() < (line.probability ?? 1),
    );
    if (fault) this.used.set(fault, (this.used.get(fault) ?? 0) + 1);
    return fault;
  }

  /** Runs a call with its fault. */
  async apply<T>(fault: Fault | undefined, effect: () => Promise<T>): Promise<T> {
    switch (fault?.fault) {
      case "throttle":
        throw new AwsError("ThrottlingException", "Rate exceeded");
      case "error":
        throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
      case "latency":
        await this.clock.sleep(fault.ms);
        return effect();
      case "reset":
      case "crash":
        if (fault.when === "after") await effect();
        throw fault.fault === "reset" ? new ConnectionReset() : new CallerCrash();
      default:
        return effect();
    }
  }
}

function matchesLaunch({ capacityProvider, family, subnets }: Placement = {}, input: RunTaskInput): boolean {
  // "family", "family:revision" or the ARN of a revision
  const launched = input.taskDefinition?.split("/").pop()?.split(":")[0];
  const provider = input.capacityProviderStrategy?.[0]?.capacityProvider ?? input.launchType;
  const asked = input.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  return (
    (capacityProvider === undefined || provider === capacityProvider) &&
    (family === undefined || launched === family) &&
    (subnets === undefined || asked.every((subnet) => subnets.includes(subnet)))
  );
}

function parseFaults(script: unknown): Fault[] {
  if (!Array.isArray(script)) throw new Error("a fault script is a list of faults");
  return script.map((line: Partial<Fault> | null, index) => {
    const where = `fault ${index + 1}`;
    if (!line?.service || !line.action) throw new Error(`${where}: service and action must be given`);
    const kinds = isDelivery(line) ? DELIVERY_KINDS : isServiceTask(line) ? SERVICE_TASK_KINDS : CALL_KINDS;
    if (!line.fault || !kinds.includes(line.fault)) {
      throw new Error(
        `${where}: fault is ${JSON.stringify(line.fault)}; allowed for ${line.service}:${line.action}: ${kinds.join(", ")}`,
      );
    }
    if (line.fault === "delay" && !(typeof line.ms === "number" && line.ms >= 0)) {
      throw new Error(`${where}: ms is ${JSON.stringify(line.ms)}; allowed: a number ≥ 0`);
    }
    if (
      (line.fault === "reset" || line.fault === "crash") &&
      !["before", "after"].includes(line.when ?? "")
    ) {
      throw new Error(`${where}: "when" is ${JSON.stringify(line.when)}; allowed: before, after`);
    }
    if (isPlannedEnd(line as Fault)) checkPlannedEnd(line as PlannedEnd, where);
    return line as Fault;
  });
}

function checkPlannedEnd(end: PlannedEnd, where: string): void {
  const { afterMs = 0, since = "running" } = end;
  if (!(typeof afterMs === "number" && afterMs >= 0)) {
    throw new Error(`${where}: afterMs is ${JSON.stringify(afterMs)}; allowed: a number ≥ 0`);
  }
  if (!["running", "launch"].includes(since)) {
    throw new Error(`${where}: since is ${JSON.stringify(since)}; allowed: running, launch`);
  }
  if (
    end.fault === "exits" &&
    !(Number.isInteger(end.exitCode) && end.exitCode >= 0 && end.exitCode <= 255)
  ) {
    throw new Error(
      `${where}: exitCode is ${JSON.stringify(end.exitCode)}; allowed: a whole number from 0 to 255`,
    );
  }
}

function isDelivery({ service, action }: Partial<Fault>): boolean {
  return service === "events" && action === "Deliver";
}

function isServiceTask({ service, action }: Partial<Fault>): boolean {
  return service === "ecs" && action === "StartServiceTask";
}
