import { engine } from "./jobs/engine";
import { report } from "./jobs/report";
import { runPolicy } from "./jobs/run-policy";
import { startWorker } from "./start";

void startWorker({ engine, report, "run-policy": runPolicy });
