import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { Caller } from "../routing";
import { Queue } from "./queue";
import { DEFAULTS, type QueueAttributes, withChanges } from "./queue-attributes";

/** The queues of one account in one region. */
export class Queues {
  private readonly byName = new Map<string, Queue>();

  constructor(
    private readonly caller: Caller,
    private readonly clock: Clock,
    private readonly elsewhere: (arn: string) => Queue | undefined,
  ) {}

  create(name: string, attributes: QueueAttributes = {}, tags: Record<string, string> = {}): Queue {
    const fifo = attributes.FifoQueue === "true";
    if (!/^[\w-]{1,80}$/.test(fifo ? name.replace(/\.fifo$/, "") : name) || fifo !== name.endsWith(".fifo")) {
      throw new AwsError(
        "InvalidParameterValue",
        `Queue name ${JSON.stringify(name)} is not valid: 1 to 80 letters, digits, hyphens and underscores, and .fifo at the end of a FIFO queue only.`,
      );
    }
    const existing = this.byName.get(name);
    if (existing) return sameOrThrow(existing, attributes);
    const arn = `arn:aws:sqs:${this.caller.region}:${this.caller.account}:${name}`;
    const queue = new Queue(name, arn, withChanges(DEFAULTS, attributes), this.clock, this.elsewhere);
    Object.assign(queue.tags, tags);
    this.byName.set(name, queue);
    return queue;
  }

  delete(name: string): void {
    this.byName.delete(name);
  }

  /** Throws QueueDoesNotExist. */
  get(name: string): Queue {
    const queue = this.find(name);
    if (!queue) {
      throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
    }
    return queue;
  }

  find(name: string): Queue | undefined {
    return this.byName.get(name);
  }

  all(): Queue[] {
    return [...this.byName.values()];
  }
}

function sameOrThrow(queue: Queue, attributes: QueueAttributes): Queue {
  for (const [name, value] of Object.entries(attributes)) {
    if ((queue.attributes[name] ?? "") !== value) {
      throw new AwsError(
        "QueueNameExists",
        `A queue already exists with the same name and a different value for attribute ${name}`,
      );
    }
  }
  return queue;
}
