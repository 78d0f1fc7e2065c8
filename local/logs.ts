import type { Clock } from "./clock";
import type { Authorization, Right, RoleSession } from "./iam/authorization";
import { logRight } from "./iam/rights/logs";
import type { Caller } from "./routing";
import { askJson, type Upstream } from "./upstream";

const FLUSH_EVERY_MS = 50;

// A virtual clock may be far ahead of the machine's, and moto drops what is two hours ahead of that.
const FURTHEST_AHEAD_MS = 2 * 3_600_000 - 60_000;

/**
 * Writes lines to CloudWatch Logs, for a role that needs the rights to do so: without one to make a group or a stream
 * that is an AccessDeniedException, without one to write the lines are lost.
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
    await this.demand(writer, logRight(caller, "CreateLogGroup", group));
    await askJson(this.upstream, caller, "logs", "CreateLogGroup", { logGroupName: group });
  }

  /** Makes the stream in a group that exists. */
  async openStream(caller: Caller, group: string, name: string, writer?: RoleSession): Promise<LogStream> {
    const target = { logGroupName: group, logStreamName: name };
    await this.demand(writer, logRight(caller, "CreateLogStream", group, name));
    await askJson(this.upstream, caller, "logs", "CreateLogStream", target);
    const stream = new LogStream(this.clock, async (logEvents) => {
      await this.demand(writer, logRight(caller, "PutLogEvents", group, name));
      return askJson(this.upstream, caller, "logs", "PutLogEvents", { ...target, logEvents });
    });
    this.streams.add(stream);
    return stream;
  }

  private async demand(writer: RoleSession | undefined, right: Right): Promise<void> {
    if (writer) await this.authorization.demand(writer, right);
  }

  /** Settles when everything written so far is stored. */
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
    const timestamp = Math.min(this.clock.now().getTime(), Date.now() + FURTHEST_AHEAD_MS);
    this.lines.push({ timestamp, message });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS);
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const events = this.lines.splice(0);
    if (events.length > 0) {
      // A log line that cannot be stored must not fail the function or the task that wrote it.
      this.storing = this.storing.then(() => this.store(events)).catch(() => undefined);
    }
    await this.storing;
  }
}

/** Cuts what a process prints into lines; `end` gives out a last line without a line break. */
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
