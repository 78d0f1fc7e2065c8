import { openDatabase } from "../../scan-database/open-database";
import { createClientConfig } from "../shared/aws";
import { createInvokeAsync } from "../shared/invoke-async";
import { parseEnvironment } from "../shared/schema";
import { scanEnvironment } from "./environment";
import { createScan } from "./scan";

const environment = parseEnvironment(scanEnvironment, process.env);
const config = createClientConfig();

export const handler = createScan({
  database: openDatabase(environment, config),
  invokeAsync: createInvokeAsync(config),
  environment,
  now: Date.now,
});
