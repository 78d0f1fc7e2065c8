import { setTimeout as sleep } from "node:timers/promises";
import { createHttp } from "../../bottles/http";
import { createClientConfig } from "../shared/aws";
import { createInvokeAsync } from "../shared/invoke-async";
import { parseEnvironment } from "../shared/schema";
import { createReadSecret } from "../shared/secret";
import { planSyncEnvironment } from "./environment";
import { createPlanSync } from "./plan-sync";

const environment = parseEnvironment(planSyncEnvironment, process.env);
const connection = createClientConfig();

/** To one host. More than the indexes that are fetched at the same time. */
const connections = 10;

export const handler = createPlanSync({
  connection,
  http: createHttp({ connections }),
  readSecret: createReadSecret(connection),
  invokeAsync: createInvokeAsync(connection),
  environment,
  now: Date.now,
  sleep,
});
