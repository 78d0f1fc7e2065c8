import { openDatabase } from "../../scan-database/open-database";
import { createClientConfig } from "../shared/aws";
import { parseEnvironment } from "../shared/schema";
import { listObjectsEnvironment } from "./environment";
import { createListObjects } from "./list-objects";

const environment = parseEnvironment(listObjectsEnvironment, process.env);
const connection = createClientConfig();

export const handler = createListObjects({
  database: openDatabase(environment, connection),
  connection,
  environment,
  now: Date.now,
});
