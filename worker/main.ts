import { isMainThread } from "node:worker_threads";
import { engine } from "./jobs/engine";
import { report } from "./jobs/report";
import { runPolicy } from "./jobs/run-policy";
import { runQueuedPolicies } from "./jobs/run-queued-policies";
import { scanObjects } from "./jobs/scan-objects";
import { serveScans } from "./jobs/scan-objects/scan-thread";
import { syncBottles } from "./jobs/sync-bottles";
import { startWorker } from "./start";

if (isMainThread)
  void startWorker({
    engine,
    report,
    "run-policy": runPolicy,
    "run-queued-policies": runQueuedPolicies,
    "scan-objects": scanObjects,
    "sync-bottles": syncBottles,
  });
// The only thread of a worker.
else serveScans();
