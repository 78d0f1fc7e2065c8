import { engine } from "./jobs/engine";
import { report } from "./jobs/report";
import { startWorker } from "./start";

void startWorker({ engine, report });
