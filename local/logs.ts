import type { Clock } from "./clock";
import type { Authorization, Permission, RoleSession } from "./iam/authorization";
import { logPermission } from "./iam/permissions/logs";
import type { Caller } from "./routing";
import { askJson, type Upstream } from "./upstream";

const FLUSH_EVERY_MS = 50;

// A virtual clock can be far ahead of the machine's clock. moto drops events that are more than two hours ahead.
const MAX_AHEAD_MS = 2 * 3_600_000 - 60_000;

/** The time of a log event that is written now, in ms since 1970. */
export const logTime = (clock: Clock): number => Math.min(clock.now().getTime(), Date.now() + MAX_AHEAD_MS);

/**
 * Writes lines to CloudWatch Logs with a role. Throws AccessDeniedException if the role is not allowed to create the group
 * or stream. Lines are lost if it is not allowed to write them.
 */
export class Logs {
  private readonly streams = new Set<LogStream>();

  constructor(
    private readonly upstream: Upstream,
    private readonly clock: Clock,
    private readonly authorization: Authorization,
  ) {}

  async groupExists(caller: Caller, group: string): Promise<boolean> {
    const found = await askJson<{ logGroups: { logGroupName: string }[] }>(
      this.upstream,
      caller,
      "logs",
      "DescribeLogGroups",
      { logGroupNamePrefix: group },
    );
    return found.logGroups.some(({ logGroupName }) => logGroupName === group);
  }

  async createGroup(caller: Caller, group: string, writer?: RoleSession): Promise<void> {
    await this.requirePermission(writer, logPermission(caller, "CreateLogGroup", group));
    await askJson(this.upstream, caller, "logs", "CreateLogGroup", { logGroupName: group });
  }

  /** Creates the stream in an existing group. */
  async openStream(caller: Caller, group: string, name: string, writer?: RoleSession): Promise<LogStream> {
    const target = { logGroupName: group, logStreamName: name };
    await this.requirePermission(writer, logPermission(caller, "CreateLogStream", group, name));
    await askJson(this.upstream, caller, "logs", "CreateLogStream", target);
    const stream = new LogStream(this.clock, async (logEvents) => {
      await this.requirePermission(writer, logPermission(caller, "PutLogEvents", group, name));
      return askJson(this.upstream, caller, "logs", "PutLogEvents", { ...target, logEvents });
    });
    this.streams.add(stream);
    return stream;
  }

  private async requirePermission(writer: RoleSession | undefined, permission: Permission): Promise<void> {
    if (writer) await this.authorization.requirePermission(writer, permission);
  }

  /** Resolves when all lines written so far are stored. */
  async flush(): Promise<void> {
    await Promise.all([...this.streams].map((stream) => stream.flush()));
  }
}

interface LogEvent {
  timestamp: number;
  message: string;
}

export class LogStream {
  private lines: LogEvent[] = [];
  private storing: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly store: (events: LogEvent[]) => Promise<unknown>,
  ) {}

  write(message: string): void {
    this.lines.push({ timestamp: logTime(this.clock), message });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const events = this.lines.splice(0);
    if (events.length > 0) {
      // A line that cannot be stored must not fail its function or task.
      this.storing = this.storing.then(() => this.store(events)).catch(() => undefined);
    }
    await this.storing;
  }
}

/** Splits the output of a process into lines. `end` emits a last line without a line break. */
export function lineSplitter(each: (line: string) => void): { push(chunk: string): void; end(): void } {
  let rest = "";
  return {
    push: (chunk) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) each(line);
    },
    end: () => {
      if (rest) each(rest);
      rest = "";
    },
  };
}
