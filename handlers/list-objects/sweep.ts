import {
  type Database,
  expireLeases,
  findObjectsSentBefore,
  findStalledListings,
  findUnsentObjects,
  skipObjectsOfEndedJobs,
} from "../../scan-database";
import { createScanCount } from "../shared/scan-metrics";
import type { ListObjectsContext } from "./context";
import type { ListObjectsSettings } from "./environment";
import type { CountMessages } from "./messages-waiting";
import { sendAndWake } from "./send-and-wake";
import type { SendObjects } from "./send-objects";
import type { WakeService } from "./wake-service";

export type SweepParts = {
  database: Database;
  sendObjects: SendObjects;
  wakeService: WakeService;
  countMessages: CountMessages;
  environment: ListObjectsSettings;
};

export type Sweep = {
  listingsResumed: number;
  objectsRequeued: number;
  objectsGivenUp: number;
  /** Objects of cancelled and failed jobs. */
  objectsSkipped: number;
  /** Messages that were never sent, or of objects taken back. */
  messagesSent: number;
  /** Messages that were lost. */
  messagesResent: number;
};

/** What is younger is the matter of the function that works on it. */
const graceSeconds = 60;
const pageSize = 1_000;
const maxListings = 20;
const reserveMs = 60_000;
const minute = 60;

/** Corrects what crashes, lost messages and dead workers have left behind. Every step may be repeated. */
export const createSweep = (parts: SweepParts) => {
  const { database, countMessages, environment } = parts;
  const { MAX_ATTEMPTS: maxAttempts } = environment;
  const lostSeconds = environment.LOST_MESSAGE_MINUTES * minute;
  const resendSeconds = environment.RESEND_AFTER_HOURS * 60 * minute;

  const resumeListings = async (context: ListObjectsContext, sweep: Sweep): Promise<void> => {
    for (const jobId of await findStalledListings(database, graceSeconds, maxListings)) {
      await context.invokeSelf({ job_id: jobId });
      sweep.listingsResumed += 1;
    }
  };

  /** Calls `step` until it does less than a page, or time is short. */
  const repeat = async (context: ListObjectsContext, step: () => Promise<number>): Promise<void> => {
    while (context.remainingMs() > reserveMs) if ((await step()) < pageSize) return;
  };

  const takeBack = (context: ListObjectsContext, sweep: Sweep): Promise<void> =>
    repeat(context, async () => {
      const { requeued, givenUp } = await expireLeases(database, { maxAttempts, limit: pageSize });
      sweep.objectsRequeued += requeued.length;
      sweep.objectsGivenUp += givenUp;
      return requeued.length + givenUp;
    });

  const skipEnded = (context: ListObjectsContext, sweep: Sweep): Promise<void> =>
    repeat(context, async () => {
      const skipped = await skipObjectsOfEndedJobs(database, pageSize);
      sweep.objectsSkipped += skipped;
      return skipped;
    });

  const send = (
    context: ListObjectsContext,
    find: () => Promise<number[]>,
    count: (sent: number) => void,
  ): Promise<void> =>
    repeat(context, async () => {
      const ids = await find();
      if (ids.length === 0) return 0;
      const { sent } = await sendAndWake(parts, context, ids);
      count(sent);
      // What SQS has refused would be found again at once.
      return sent;
    });

  const sendUnsent = (context: ListObjectsContext, sweep: Sweep): Promise<void> =>
    send(
      context,
      () => findUnsentObjects(database, graceSeconds, pageSize),
      (sent) => {
        sweep.messagesSent += sent;
      },
    );

  const sendLost = async (context: ListObjectsContext, sweep: Sweep): Promise<void> => {
    const oldest = await findObjectsSentBefore(database, lostSeconds, 1);
    if (oldest.length === 0) return;
    // While the queue has messages, an old one may only wait for its turn.
    const seconds = (await countMessages()) === 0 ? lostSeconds : resendSeconds;
    await send(
      context,
      () => findObjectsSentBefore(database, seconds, pageSize),
      (sent) => {
        sweep.messagesResent += sent;
      },
    );
  };

  return async (context: ListObjectsContext): Promise<Sweep> => {
    const { log, emit } = context;
    const sweep: Sweep = {
      listingsResumed: 0,
      objectsRequeued: 0,
      objectsGivenUp: 0,
      objectsSkipped: 0,
      messagesSent: 0,
      messagesResent: 0,
    };
    const failures: unknown[] = [];
    for (const step of [resumeListings, takeBack, skipEnded, sendUnsent, sendLost]) {
      // One step that fails must not keep the others from their work.
      await step(context, sweep).catch((error: unknown) => failures.push(error));
    }
    log.info("swept", sweep);
    emit([
      createScanCount("listingsResumed", sweep.listingsResumed),
      createScanCount("objectsRequeued", sweep.objectsRequeued),
      createScanCount("objectsGivenUp", sweep.objectsGivenUp),
      createScanCount("messagesResent", sweep.messagesResent),
    ]);
    if (failures.length > 0) throw failures[0];
    return sweep;
  };
};
