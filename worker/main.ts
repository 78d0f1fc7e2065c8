import { engine } from "./jobs/engine";
import { report } from "./jobs/report";
import { runPolicy } from "./jobs/run-policy";
import { runQueuedPolicies } from "./jobs/run-queued-policies";
import { startWorker } from "./start";

void startWorker({
  engine,
  report,
  "run-policy": runPolicy,
  "run-queued-policies": runQueuedPolicies,
});
