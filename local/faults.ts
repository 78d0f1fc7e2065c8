import { AwsError, CallerCrash, ConnectionReset } from "./aws-error";
import type { Clock } from "./clock";
import { isPlannedEnd, PLANNED_ENDS, type PlannedEnd } from "./ecs/planned-end";
import type { RunTaskInput } from "./ecs/types";

/** What happens to a call instead of, or beside, its normal effect. */
export type FaultKind =
  /** `ThrottlingException: Rate exceeded` */
  | { fault: "throttle" }
  | { fault: "error"; code: string; message?: string; status?: number }
  /** The socket breaks; `after` = the call took effect but nobody hears of it. */
  | { fault: "reset"; when: "before" | "after" }
  /** RunTask: HTTP 200 with nothing in `tasks` and this reason in `failures`. */
  | { fault: "failures"; reason: string; detail?: string; where?: Placement }
  /** RunTask: the task is accepted, and then stops for this reason before it runs. */
  | { fault: "failsToStart"; reason: string; where?: Placement }
  /** RunTask: the task is accepted, and ends in a given way. */
  | (PlannedEnd & { where?: Placement })
  | { fault: "latency"; ms: number }
  /** The function that makes the call dies. */
  | { fault: "crash"; when: "before" | "after" }
  /** DescribeTasks: every task asked for is answered as `MISSING`. */
  | { fault: "missing" }
  /** `events:Deliver`: the target gets the event twice. */
  | { fault: "duplicate" }
  /** `events:Deliver`: the event comes so much later, and those behind it overtake it. */
  | { fault: "delay"; ms: number }
  /** `events:Deliver`: the target never gets the event. */
  | { fault: "lose" }
  /** The call goes through; for scripts like "the second call fails". */
  | { fault: "none" };

/** The launches that a fault is about; what is left out fits every launch. */
export interface Placement {
  /** Family of the task definition. */
  family?: string;
  /** `FARGATE`, `FARGATE_SPOT`, `EC2`, … */
  capacityProvider?: string;
  /** A launch that may go to any subnet besides these is not hit. */
  subnets?: string[];
}

/** One line of a fault script. The first line that matches a call and is not used up decides. */
export type Fault = FaultKind & {
  /** Service as in a signature's credential scope: `ecs`, `sqs`, `events`, `lambda`, `s3`, … */
  service: string;
  /**
   * Name of the API action, e.g. `RunTask`; `*` for every action of the service. `Deliver` of `events` stands for
   * the handing over of one event, or of one firing of a schedule rule, to one target.
   */
  action: string;
  /** `events:Deliver`: only events of this detail-type, e.g. `ECS Task State Change`; default: every event. */
  detailType?: string;
  /** How many calls it hits; default: without end. */
  times?: number;
  /** 0…1, default 1. */
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

/** A fault script and how much of it is used up. */
export class Faults {
  private script: Fault[] = [];
  private used = new Map<Fault, number>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Replaces the script. Throws when a line is not a fault. */
  set(script: unknown): void {
    this.script = parseFaults(script);
    this.used = new Map();
  }

  /**
   * The fault for this call, which is thereby used up by one.
   *
   * @param input what the call asks for; read only for a line with `where`
   */
  take(service: string, action: string, input: () => unknown = () => ({})): Fault | undefined {
    return this.first(
      (line) =>
        line.service === service &&
        (line.action === "*" || line.action === action) &&
        !isDelivery(line) &&
        (!("where" in line) || goesTo(line.where, input() as RunTaskInput)),
    );
  }

  /** The fault for handing over an event of this detail-type, which is thereby used up by one. */
  takeDelivery(detailType: string): Fault | undefined {
    return this.first(
      (line) => isDelivery(line) && (line.detailType === undefined || line.detailType === detailType),
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

  /** Runs a call under its fault. */
  async around<T>(fault: Fault | undefined, effect: () => Promise<T>): Promise<T> {
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

function goesTo({ capacityProvider, family, subnets }: Placement = {}, input: RunTaskInput): boolean {
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
    const kinds = isDelivery(line) ? DELIVERY_KINDS : CALL_KINDS;
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
