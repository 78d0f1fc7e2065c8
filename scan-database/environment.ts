import * as v from "valibot";
import { requiredText } from "../handlers/shared/schema";

const port = v.pipe(
  v.string(),
  v.regex(/^\d+$/, 'expected a port, such as "5432"'),
  v.transform(Number),
  v.check((value) => value >= 1 && value <= 65_535, "expected a port from 1 to 65535"),
);

/** Environment variables of every program that uses the database of scans. */
export const databaseVariables = {
  /** Host name of the database, without the port. */
  DB_HOST: v.pipe(
    requiredText,
    v.check(
      (host) => !/:\d+$/.test(host),
      "expected a host name without a port (the attribute `address` of the RDS instance, not `endpoint`), because DB_PORT is the port",
    ),
  ),
  DB_PORT: v.optional(port, "5432"),
  DB_NAME: requiredText,
  /** ARN of the Secrets Manager secret with `{"username","password"}`, which RDS manages and rotates. */
  DB_SECRET_ARN: requiredText,
  /**
   * Path of a file with the certificates (PEM) of the authorities that the database's certificate may come from. Absent:
   * those that Node.js trusts, to which its `NODE_EXTRA_CA_CERTS` adds some.
   */
  DB_CA_FILE: v.optional(requiredText),
};

const schema = v.object(databaseVariables);
/** The variables as a program reads them. */
export type DatabaseSettings = v.InferOutput<typeof schema>;
