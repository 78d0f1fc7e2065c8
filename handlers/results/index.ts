import { openDatabase } from "../../scan-database/open-database";
import { createClientConfig } from "../shared/aws";
import { parseEnvironment } from "../shared/schema";
import { resultsEnvironment } from "./environment";
import { createResults } from "./results";

const environment = parseEnvironment(resultsEnvironment, process.env);

export const handler = createResults({
  database: openDatabase(environment, createClientConfig()),
  environment,
  now: Date.now,
});
