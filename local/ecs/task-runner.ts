import type { Clock } from "../clock";
import type { Caller } from "../routing";
import type { ContainerDefinition, Volume } from "./types";

/** A container to be started, with the overrides of its launch already applied. */
export interface ContainerRun {
  caller: Caller;
  taskArn: string;
  container: ContainerDefinition;
  taskRoleArn?: string;
  executionRoleArn?: string;
  /** of the task; the container may mount some of them */
  volumes?: Volume[];
  /** Whether the task definition is one for Fargate, where ECS has no other role than the execution role. */
  fargate: boolean;
}

export interface RunningContainer {
  /** the exit code */
  exited: Promise<number>;
  /** where on this machine the container listens, if it does */
  localPort?: number;
  /** SIGTERM, or SIGKILL when asked to be forceful. */
  stop(forceful: boolean): void;
}

/** Runs the containers of tasks. */
export interface TaskRunner {
  /** Rejects with what ECS would give as the reason, e.g. `CannotPullContainerError: …`. */
  start(run: ContainerRun): Promise<RunningContainer>;
}

export interface Script {
  /** How long the container takes to start, by the clock of local AWS; default 0. */
  startsAfterMs?: number;
  /** by the clock of local AWS; absent = runs until it is stopped */
  durationMs?: number;
  /** default 0 */
  exitCode?: number;
  /** The task does not start, for this reason. */
  failsToStart?: string;
}

/** Pretends to run containers, as a script says. */
export class ScriptedRunner implements TaskRunner {
  constructor(
    private readonly clock: Clock,
    private readonly script: (run: ContainerRun) => Script,
  ) {}

  async start(run: ContainerRun): Promise<RunningContainer> {
    const { startsAfterMs = 0, durationMs, exitCode = 0, failsToStart } = this.script(run);
    if (startsAfterMs > 0) await this.clock.sleep(startsAfterMs);
    if (failsToStart) throw new Error(failsToStart);
    let end: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      end = resolve;
    });
    const cancel = durationMs === undefined ? () => {} : this.clock.setTimer(durationMs, () => end(exitCode));
    const stop = (forceful: boolean) => {
      cancel();
      // What a shell reports for a process that a signal ended: 128 + SIGKILL (9) or SIGTERM (15).
      end(forceful ? 137 : 143);
    };
    return { exited, stop };
  }
}
