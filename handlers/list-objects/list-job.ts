import {
  type ClaimedListing,
  claimListing,
  type Database,
  failJob,
  finishListing,
  insertListedPage,
  releaseListing,
} from "../../scan-database";
import { PermanentError } from "../shared/failures";
import { toErrorFields } from "../shared/log";
import { createScanCount } from "../shared/scan-metrics";
import type { ListObjectsContext } from "./context";
import type { ListPage } from "./list-page";
import { sendAndWake } from "./send-and-wake";
import type { SendObjects } from "./send-objects";
import type { WakeService } from "./wake-service";

export type ListJobParts = {
  database: Database;
  listPage: ListPage;
  sendObjects: SendObjects;
  wakeService: WakeService;
};

export type Listing = {
  /** `continued`: another invocation goes on. `idle`: there was nothing to list, or another invocation lists the job. */
  outcome: "complete" | "continued" | "failed" | "idle";
  /** Objects that this invocation has found. */
  objects: number;
};

/** A page takes seconds at most; after so long without one another invocation may take over. */
const leaseSeconds = 120;
/** Time for a page whose calls time out in all their attempts. */
const reserveMs = 60_000;

/** Lists the bucket of a job page by page, from where the last invocation has stopped, and sends its objects. */
export const createListJob = (parts: ListJobParts) => {
  const { database, listPage } = parts;

  const listPages = async (
    { jobId, bucket, prefix, listingAttempt, ...from }: ClaimedListing,
    context: ListObjectsContext,
    listing: Listing,
  ): Promise<Listing["outcome"]> => {
    let after = from.listedUntil;
    for (;;) {
      if (context.remainingMs() < reserveMs) {
        await releaseListing(database, jobId, listingAttempt);
        await context.invokeSelf({ job_id: jobId });
        return "continued";
      }
      const page = await listPage(bucket, prefix, after);
      if (page.objects.length > 0) {
        const stored = await insertListedPage(database, {
          jobId,
          listingAttempt,
          objects: page.objects,
          // A key that the database cannot store is no place to go on from.
          listedUntil: page.objects.findLast(({ key }) => !key.includes("\0"))?.key ?? after ?? "",
          leaseSeconds,
        });
        if (stored.outcome === "lost") return "idle";
        listing.objects += page.objects.length;
        await sendAndWake(parts, context, stored.objectIds);
      }
      if (page.nextAfter === undefined) break;
      after = page.nextAfter;
    }
    return (await finishListing(database, jobId, listingAttempt)) ? "complete" : "idle";
  };

  return async (jobId: string, context: ListObjectsContext): Promise<Listing> => {
    const { log, emit } = context;
    const listing: Listing = { outcome: "idle", objects: 0 };
    const claimed = await claimListing(database, jobId, leaseSeconds);
    if (claimed === undefined) {
      log.info("nothing to list", { jobId });
      return listing;
    }
    try {
      listing.outcome = await listPages(claimed, context, listing);
    } catch (error) {
      if (!(error instanceof PermanentError)) {
        // Lambda's retry must not find the listing in use.
        await releaseListing(database, jobId, claimed.listingAttempt).catch(() => {});
        throw error;
      }
      await failJob(database, jobId, claimed.listingAttempt, error.message);
      log.error("bucket cannot be listed", { jobId, ...toErrorFields(error) });
      emit([createScanCount("listingFailures", 1, error.name)]);
      listing.outcome = "failed";
    } finally {
      if (listing.objects > 0) emit([createScanCount("objectsListed", listing.objects)]);
    }
    log.info("bucket listed", { jobId, ...listing });
    return listing;
  };
};

export type ListJob = ReturnType<typeof createListJob>;
