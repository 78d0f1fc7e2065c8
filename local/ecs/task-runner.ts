import type { Clock } from "../clock";
import type { Caller } from "../routing";
import type { ContainerDefinition, Volume } from "./types";

/** A container to start, with the overrides of its launch applied. */
export interface ContainerRun {
  caller: Caller;
  taskArn: string;
  container: ContainerDefinition;
  taskRoleArn?: string;
  executionRoleArn?: string;
  /** undefined: the task has no network interface of its own */
  network?: { securityGroupIds: string[]; ip: string };
  /** The volumes of the task. The container mounts those in `mountPoints`. */
  volumes?: Volume[];
  /** Whether the task definition is for Fargate, where ECS can use the execution role only. */
  fargate: boolean;
}

/** How a container ended, as ECS describes it. */
export interface ContainerExit {
  exitCode: number;
  /** reason of the container, not of its task */
  reason?: string;
}

/** How ECS describes a container that was killed at its memory limit. */
export const OUT_OF_MEMORY: Required<ContainerExit> = {
  exitCode: 137,
  reason: "OutOfMemoryError: Container killed due to memory usage",
};

export interface RunningContainer {
  exited: Promise<ContainerExit>;
  /** Resolves when the container becomes UNHEALTHY. */
  unhealthy?: Promise<void>;
  /** port of this machine on which the container listens, if it does */
  localPort?: number;
  /** Sends SIGTERM, or SIGKILL if `forceful`. */
  stop(forceful: boolean): void;
}

/** Runs the containers of tasks. */
export interface TaskRunner {
  /** Rejects with the `stoppedReason` of ECS, e.g. `CannotPullContainerError: …`. */
  start(run: ContainerRun): Promise<RunningContainer>;
}

export interface Script {
  /** How long the container takes to start, by the clock of local AWS; default 0. */
  startsAfterMs?: number;
  /** by the clock of local AWS; absent: runs until it is stopped */
  durationMs?: number;
  /** default 0; `...OUT_OF_MEMORY` sets exit code and reason of a container without enough memory */
  exitCode?: number;
  /** `reason` of the container when it ends. */
  reason?: string;
  /** Exit code after SIGTERM; default 143, that of a process that does not catch it. */
  stopExitCode?: number;
  /** The container becomes UNHEALTHY this long after its start. It keeps running, as on AWS. */
  unhealthyAfterMs?: number;
  /** The task fails to start with this reason. */
  failsToStart?: string;
}

/** Simulates containers by a script. */
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
      // The exit code that a shell reports after a signal: 128 + SIGKILL (9) or SIGTERM (15).
      end({ exitCode: forceful ? 137 : stopExitCode });
    };
    return { exited, unhealthy, stop };
  }
}
