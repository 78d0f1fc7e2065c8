import { report } from "./jobs/report";
import { startWorker } from "./start";

void startWorker({ report });
