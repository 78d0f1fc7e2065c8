import { NodeHttpHandler } from "@smithy/node-http-handler";
import { createHttp } from "../../bottles/http";
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
/** A piece of a bottle takes longer than what other functions send. */
const connection = {
  ...config,
  requestHandler: new NodeHttpHandler({
    connectionTimeout: 2_000,
    requestTimeout: 30_000,
    throwOnRequestTimeout: true,
  }),
};

export const handler = createSyncBottlesFunction({
  environment,
  connection,
  // One for each download, and some for the indexes.
  http: createHttp({ connections: environment.DOWNLOAD_CONCURRENCY + 2 }),
  readSecret: createReadSecret(config),
  invokeAsync: createInvokeAsync(config),
  timers: realTimers,
  write: writeToStdout,
});
