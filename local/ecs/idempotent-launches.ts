import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Task } from "./task";
import type { RunTaskInput } from "./types";

const TTL_MS = 24 * 3_600_000;

/** What a launch came to. */
export interface LaunchResult {
  tasks: Task[];
  failures: { arn: string; reason: string; detail?: string }[];
}

interface Remembered {
  parameters: string;
  result: LaunchResult;
  until: number;
}

/**
 * What client tokens have launched, for 24 hours each and per cluster
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html).
 */
export class IdempotentLaunches {
  private readonly byToken = new Map<string, Remembered>();

  constructor(private readonly clock: Clock) {}

  /** What an earlier call with this token came to. Throws ConflictException when that call asked for something else. */
  find(clusterArn: string, input: RunTaskInput): LaunchResult | undefined {
    const key = `${clusterArn} ${input.clientToken}`;
    const earlier = this.byToken.get(key);
    if (!earlier || earlier.until <= this.clock.now().getTime()) return undefined;
    if (earlier.parameters === parameters(input)) return earlier.result;
    throw new AwsError(
      "ConflictException",
      "The request conflicts with an earlier one that has the same client token and other parameters.",
      400,
      { resourceIds: earlier.result.tasks.map(({ arn }) => arn) },
    );
  }

  remember(clusterArn: string, input: RunTaskInput, result: LaunchResult): void {
    if (input.clientToken === undefined) return;
    const until = this.clock.now().getTime() + TTL_MS;
    this.byToken.set(`${clusterArn} ${input.clientToken}`, { parameters: parameters(input), result, until });
  }
}

function parameters({ clientToken: _, ...rest }: RunTaskInput): string {
  return JSON.stringify(rest, (_key, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
