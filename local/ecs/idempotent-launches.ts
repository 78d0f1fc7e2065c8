import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Task } from "./task";
import type { RunTaskInput } from "./types";

const MAX_TOKEN_AGE_MS = 24 * 3_600_000;
const TOKEN_AGE_AFTER_STOP_MS = 3_600_000;

/** The result of a launch. */
export interface LaunchResult {
  tasks: Task[];
  failures: { arn: string; reason: string; detail?: string }[];
}

interface RememberedLaunch {
  parameters: string;
  result: LaunchResult;
  at: number;
}

/**
 * The results of launches by client token and cluster. ECS forgets a token 24 hours after the call, or one hour after the
 * last of its tasks has stopped, whichever comes first
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html).
 */
export class IdempotentLaunches {
  private readonly byToken = new Map<string, RememberedLaunch>();

  constructor(private readonly clock: Clock) {}

  /** Finds the result of an earlier call with this token. Throws ConflictException if the call had other parameters. */
  find(clusterArn: string, input: RunTaskInput): LaunchResult | undefined {
    const key = `${clusterArn} ${input.clientToken}`;
    const earlier = this.byToken.get(key);
    if (!earlier || this.isForgotten(earlier)) return undefined;
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
    const at = this.clock.now().getTime();
    this.byToken.set(`${clusterArn} ${input.clientToken}`, { parameters: parameters(input), result, at });
  }

  private isForgotten({ at, result: { tasks } }: RememberedLaunch): boolean {
    const stoppedAt = tasks.map(({ times }) => times.stoppedAt?.getTime() ?? Number.POSITIVE_INFINITY);
    // AWS does not document how long the token of a launch without tasks lives. 24 hours is the maximum.
    const lastStop = tasks.length > 0 ? Math.max(...stoppedAt) : Number.POSITIVE_INFINITY;
    return this.clock.now().getTime() >= Math.min(at + MAX_TOKEN_AGE_MS, lastStop + TOKEN_AGE_AFTER_STOP_MS);
  }
}

function parameters({ clientToken: _, ...rest }: RunTaskInput): string {
  return JSON.stringify(rest, (_key, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
