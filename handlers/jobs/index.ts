import { openDatabase } from "../../scan-database/open-database";
import { createClientConfig } from "../shared/aws";
import { parseEnvironment } from "../shared/schema";
import { jobsEnvironment } from "./environment";
import { createJobs } from "./jobs";

const environment = parseEnvironment(jobsEnvironment, process.env);

export const handler = createJobs({
  database: openDatabase(environment, createClientConfig()),
  environment,
  now: Date.now,
});
