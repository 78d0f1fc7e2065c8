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

/** How a container ended, as ECS tells it. */
export interface ContainerExit {
  exitCode: number;
  /** of the container, not of its task */
  reason?: string;
}

/** What ECS tells of a container that its memory limit has killed. */
export const OUT_OF_MEMORY: Required<ContainerExit> = {
  exitCode: 137,
  reason: "OutOfMemoryError: Container killed due to memory usage",
};

export interface RunningContainer {
  exited: Promise<ContainerExit>;
  /** Settles when the container's health check has failed for good. */
  unhealthy?: Promise<void>;
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
  /** default 0; `...OUT_OF_MEMORY` is what ECS tells of a container without enough memory */
  exitCode?: number;
  /** What ECS tells of the container's end. */
  reason?: string;
  /** Exit code when the container is asked to stop by SIGTERM; default 143, that of one that does not catch it. */
  stopExitCode?: number;
  /** The health check fails so long after the start: UNHEALTHY. The container runs on, as in AWS. */
  unhealthyAfterMs?: number;
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
    const { startsAfterMs = 0, durationMs, exitCode = 0, reason, failsToStart, ...script } = this.script(run);
    const { stopExitCode = 143, unhealthyAfterMs } = script;
    if (startsAfterMs > 0) await this.clock.sleep(startsAfterMs);
    if (failsToStart) throw new Error(failsToStart);
    let end: (exit: ContainerExit) => void = () => {};
    const exited = new Promise<ContainerExit>((resolve) => {
      end = resolve;
    });
    const cancel =
      durationMs === undefined ? () => {} : this.clock.setTimer(durationMs, () => end({ exitCode, reason }));
    const unhealthy = unhealthyAfterMs === undefined ? undefined : this.clock.sleep(unhealthyAfterMs);
    const stop = (forceful: boolean) => {
      cancel();
      // What a shell reports for a process that a signal ended: 128 + SIGKILL (9) or SIGTERM (15).
      end({ exitCode: forceful ? 137 : stopExitCode });
    };
    return { exited, unhealthy, stop };
  }
}
