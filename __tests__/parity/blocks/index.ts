import type { Block } from "./block";
import { bucket } from "./bucket";
import { cluster } from "./cluster";
import { deadLetterQueue } from "./dead-letter-queue";
import { eventDrivenEcs } from "./event-driven-ecs";
import { eventRule } from "./event-rule";
import { handler } from "./handler";
import { launcher } from "./launcher";
import { network } from "./network";
import { queue } from "./queue";
import { task } from "./task";

/** Every block, for the proof that its two forms are one. */
export const blocks: readonly Block[] = [
  bucket,
  cluster,
  deadLetterQueue,
  eventDrivenEcs,
  eventRule,
  handler,
  launcher,
  network,
  queue,
  task,
];
