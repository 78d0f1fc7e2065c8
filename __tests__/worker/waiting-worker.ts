import { once } from "node:events";
import * as v from "valibot";
import { defineJob } from "../../worker/job";
import { startWorker } from "../../worker/start";

/** A worker whose job waits until it is stopped, and says so. */
const wait = defineJob(v.object({}), async ({ log, signal }) => {
  log.info("waiting");
  const alive = setInterval(() => {}, 1_000);
  await once(signal, "abort");
  clearInterval(alive);
  log.info("stopped");
  return 75;
});

void startWorker({ wait });
