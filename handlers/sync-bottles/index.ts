import { createHttp } from "../../bottles/http";
import { createRequestHandler } from "../../bottles/sync/create-request-handler";
import { realTimers } from "../../bottles/sync/timers";
import { createClientConfig } from "../shared/aws";
import { createInvokeAsync } from "../shared/invoke-async";
import { writeToStdout } from "../shared/log";
import { parseEnvironment } from "../shared/schema";
import { createReadSecret } from "../shared/secret";
import { syncBottlesEnvironment } from "./environment";
import { createSyncBottlesFunction } from "./sync-bottles";

const environment = parseEnvironment(syncBottlesEnvironment, process.env);
const config = createClientConfig();
export const handler = createSyncBottlesFunction({
  environment,
  connection: { ...config, requestHandler: createRequestHandler() },
  // One for each download, and some for the indexes.
  http: createHttp({ connections: environment.DOWNLOAD_CONCURRENCY + 2 }),
  readSecret: createReadSecret(config),
  invokeAsync: createInvokeAsync(config),
  timers: realTimers,
  write: writeToStdout,
});
