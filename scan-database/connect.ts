import { readFileSync } from "node:fs";
import { checkServerIdentity } from "node:tls";
import { type ClientBase, Pool, type PoolClient, type QueryResultRow, types } from "pg";
import * as v from "valibot";
import { fromJson } from "../handlers/shared/json";
import type { DatabaseSettings } from "./environment";
import { DatabaseUnavailable, hasReason, toDatabaseError } from "./failures";
import { latestVersion } from "./migrations";
import type { Query } from "./query";
import { readSchemaVersion, requireVersion } from "./schema-version";

export type Database = {
  /** Statements that only read. They are repeated once on a new connection if theirs is lost. */
  read<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /**
   * Statements that take effect together or not at all. They are repeated if the connection is lost before the commit, and
   * after a deadlock. `work` must therefore have no other effects.
   * @throws DatabaseUnavailable named `CommitUnknown` if the connection is lost during the commit: whether the statements have
   * taken effect is not known
   */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  /** Closes all connections. */
  end(): Promise<void>;
};

export type Credentials = { username: string; password: string };

export type ConnectOptions = {
  settings: Pick<DatabaseSettings, "DB_HOST" | "DB_PORT" | "DB_NAME" | "DB_CA_FILE">;
  /** Called before the first connection, and once more when the database refuses the password: it may have been rotated. */
  readCredentials: () => Promise<Credentials>;
  /** Connections at most. A function works on one event at a time and needs one. Default 1. */
  maxConnections?: number;
  /** After so long the server ends a statement. Default 8,000, so that an API request can be repeated within 29 s. */
  statementTimeoutMs?: number;
  /** Default `scanner_app`, which can change rows and no tables. `owner`: the user that connects, without a check of the schema. */
  role?: "scanner_app" | "owner";
};

const credentials = v.object({ username: v.string(), password: v.string() });

/** Reads the secret that RDS manages. @throws DatabaseUnavailable if it has another form */
export const createReadCredentials =
  (readSecret: (arn: string) => Promise<string>, secretArn: string) => async (): Promise<Credentials> => {
    const secret = v.safeParse(credentials, fromJson(await readSecret(secretArn)));
    if (secret.success) return secret.output;
    throw new DatabaseUnavailable(
      "MalformedSecret",
      `${secretArn}: expected a secret with username and password, found another one`,
    );
  };

const connectTimeoutMs = 5_000;
/** The network may lose a connection without a word. */
const answerTimeoutMs = 2_000;
/** A function that is frozen inside a transaction must not keep its locks. */
const idleInTransactionMs = 60_000;
const maxRuns = 3;
/** A new connection may help. After a failover an old one can lead to the former primary, which is read-only. */
const reconnectReasons = ["ConnectionLost", "ReadOnly"];

const int8 = 20;
// The contract has numbers, and no id or count of ours reaches 2^53.
const numbersForInt8 = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    id === int8 ? Number : types.getTypeParser(id, format as "text"),
};

/** Opens no connection before the first statement. Statements have no name, so that none stays behind on the server. */
export const connect = (options: ConnectOptions): Database => {
  const {
    settings,
    readCredentials,
    maxConnections = 1,
    statementTimeoutMs = 8_000,
    role = "scanner_app",
  } = options;
  let current: Promise<Pool> | undefined;

  const prepare = async (client: ClientBase): Promise<void> => {
    // A connection that is lost between two statements fails the next one; without a listener the process would end.
    client.on("error", () => {});
    const setUp = [
      ...(role === "scanner_app" ? ["SET ROLE scanner_app"] : []),
      `SET statement_timeout = ${statementTimeoutMs}`,
      `SET idle_in_transaction_session_timeout = ${idleInTransactionMs}`,
    ].join("; ");
    try {
      await client.query(setUp);
    } catch (error) {
      // The first migration makes the role.
      if ((error as { code?: unknown }).code === "22023") requireVersion(0, latestVersion);
      throw error;
    }
    if (role === "scanner_app")
      requireVersion(await readSchemaVersion((text, values) => run(client, text, values)), latestVersion);
  };

  const createPool = async (): Promise<Pool> => {
    const { username, password } = await readCredentials();
    const ca = settings.DB_CA_FILE === undefined ? undefined : readFileSync(settings.DB_CA_FILE, "utf8");
    const pool = new Pool({
      host: settings.DB_HOST,
      port: settings.DB_PORT,
      database: settings.DB_NAME,
      user: username,
      password,
      ssl: {
        rejectUnauthorized: true,
        ...(ca !== undefined && { ca }),
        // Without this, Node.js compares the certificate of an IP address with "localhost".
        checkServerIdentity: (_host, certificate) => checkServerIdentity(settings.DB_HOST, certificate),
      },
      types: numbersForInt8,
      max: maxConnections,
      idleTimeoutMillis: 0,
      allowExitOnIdle: true,
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: statementTimeoutMs + answerTimeoutMs,
      onConnect: prepare,
    });
    // A connection that is lost while idle has left the pool already.
    pool.on("error", () => {});
    return pool;
  };

  const checkOut = async (): Promise<PoolClient> => {
    current ??= createPool();
    const mine = current;
    let pool: Pool;
    try {
      pool = await mine;
    } catch (error) {
      if (current === mine) current = undefined;
      throw error;
    }
    try {
      return await pool.connect();
    } catch (error) {
      const failure = toDatabaseError(error);
      // The next attempt reads the secret again. Connections in use stay open until their work ends.
      if (hasReason(failure, "WrongPassword") && current === mine) {
        current = undefined;
        pool.end().catch(() => {});
      }
      throw failure;
    }
  };

  const checkOutWithCurrentPassword = async (): Promise<PoolClient> => {
    try {
      return await checkOut();
    } catch (error) {
      if (!hasReason(error, "WrongPassword")) throw error;
      return checkOut();
    }
  };

  const runOnce = async <T>(work: (query: Query) => Promise<T>, isTransaction: boolean): Promise<T> => {
    const client = await checkOutWithCurrentPassword();
    let isCommitting = false;
    try {
      if (isTransaction) await run(client, "BEGIN");
      const result = await work((text, values) => run(client, text, values));
      isCommitting = isTransaction;
      if (isTransaction) await run(client, "COMMIT");
      client.release();
      return result;
    } catch (error) {
      const isLost = hasReason(error, ...reconnectReasons);
      const isClean =
        !isLost &&
        (!isTransaction ||
          (await run(client, "ROLLBACK").then(
            () => true,
            () => false,
          )));
      client.release(!isClean);
      if (isLost && isCommitting)
        throw new DatabaseUnavailable("CommitUnknown", `${(error as Error).message} during the commit`);
      throw error;
    }
  };

  const repeat = async <T>(work: (query: Query) => Promise<T>, isTransaction: boolean): Promise<T> => {
    for (let runs = 1; ; runs++) {
      try {
        return await runOnce(work, isTransaction);
      } catch (error) {
        const again = hasReason(error, ...reconnectReasons)
          ? runs === 1
          : hasReason(error, "Deadlock") && runs < maxRuns;
        if (!again) throw error;
      }
    }
  };

  return {
    read: (work) => repeat(work, false),
    transaction: (work) => repeat(work, true),
    async end() {
      const pool = await current?.catch(() => undefined);
      current = undefined;
      await pool?.end();
    },
  };
};

const run = async <Row extends QueryResultRow>(
  client: ClientBase,
  text: string,
  values: readonly unknown[] = [],
): Promise<{ rows: Row[]; count: number }> => {
  try {
    const { rows, rowCount } = await client.query<Row>(text, [...values]);
    return { rows, count: rowCount ?? 0 };
  } catch (error) {
    throw toDatabaseError(error);
  }
};
