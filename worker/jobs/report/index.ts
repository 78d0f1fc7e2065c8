import { readEvent } from "../../event";
import { defineJob } from "../../job";
import { reportEnvironment } from "./environment";

/** Says what it received and ends: shows that a launch works, and how a job is written. */
export const report = defineJob(reportEnvironment, async ({ event, environment, log }) => {
  const { id, detail } = readEvent(event);
  log.info("event received", {
    service: detail.service,
    eventId: id,
    detailKeys: Object.keys(detail),
    bytes: Buffer.byteLength(JSON.stringify(event)),
    port: environment.PORT,
  });
  return 0;
});
