import { readEvent } from "../../event";
import { defineJob } from "../../job";
import { reportEnvironment } from "./environment";

/**
 * Example of a job: it logs the event and exits. An event can make it fail: with `succeedsAtAttempt: 2` the first attempt
 * exits with 3.
 */
export const report = defineJob(reportEnvironment, async ({ event, environment, log }) => {
  const { id, detail } = readEvent(event);
  const attempt = Number(environment.LAUNCH_ATTEMPT);
  log.info("event received", {
    service: detail.service,
    eventId: id,
    detailKeys: Object.keys(detail),
    bytes: Buffer.byteLength(JSON.stringify(event)),
    port: environment.PORT,
    attempt,
  });
  return attempt < Number(detail.succeedsAtAttempt ?? 1) ? 3 : 0;
});
