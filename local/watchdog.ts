import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killGroup } from "./kill-group";

// Reads the process groups until the pipe ends, which it does also if local AWS is killed. A killed process can write for
// a moment longer, so the folder is removed a second time if that failed.
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

/** Kills the processes of tasks and functions and removes their files, also if local AWS itself is killed. */
export class Watchdog {
  /** Folder for all files of local AWS, which no other user can read. */
  readonly folder = mkdtempSync(join(tmpdir(), "local-aws-"));
  private readonly process: ChildProcess;
  private readonly ended: Promise<void>;

  constructor() {
    this.process = spawn("/bin/sh", ["-c", PROGRAM, "sh", this.folder], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { PATH: process.env.PATH },
      cwd: "/",
      // Ctrl-C in the terminal must reach local AWS only, which stops the watchdog in order.
      detached: true,
    });
    // If the watchdog is killed, local AWS cleans up itself.
    this.process.stdin?.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.process.once("error", () => resolve());
      this.process.once("exit", () => resolve());
    });
  }

  /** Watches a detached process and its group. The group ends with the process, as in a container. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.process.stdin?.write(`add ${pid}\n`);
    child.once("exit", () => {
      killGroup(child, "SIGKILL");
      this.process.stdin?.write(`drop ${pid}\n`);
    });
  }

  /** Kills the remaining processes and removes the folder. */
  async stop(): Promise<void> {
    this.process.stdin?.end();
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
