import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killGroup } from "./kill-group";

// Reads which process groups there are until the pipe ends, which it does however local AWS ends. A killed process may
// still write for a moment, so what could not be removed is removed once more.
const PROGRAM = `
groups=" "
while read -r change group; do
  case $change in
    add) groups="$groups$group " ;;
    drop) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$1" 2>/dev/null || { sleep 1; rm -rf -- "$1"; }
`;

/** Ends the processes of tasks and functions and removes their files, also when local AWS itself is killed. */
export class Watchdog {
  /** For all that local AWS writes; nobody else may look into it. */
  readonly folder = mkdtempSync(join(tmpdir(), "local-aws-"));
  private readonly process: ChildProcess;
  private readonly ended: Promise<void>;

  constructor() {
    this.process = spawn("/bin/sh", ["-c", PROGRAM, "sh", this.folder], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env.PATH },
      cwd: "/",
      // A Ctrl-C in the terminal is for local AWS, which ends this in order.
      detached: true,
    });
    // Somebody may have killed it; local AWS then cleans up alone.
    this.process.stdin?.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.process.once("error", () => resolve());
      this.process.once("exit", () => resolve());
    });
  }

  /** Takes care of a detached process and all that is in its group, which ends with it as a container does. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.process.stdin?.write(`add ${pid}\n`);
    child.once("exit", () => {
      killGroup(child, "SIGKILL");
      this.process.stdin?.write(`drop ${pid}\n`);
    });
  }

  /** Ends what still runs and removes the folder. */
  async stop(): Promise<void> {
    this.process.stdin?.end();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
