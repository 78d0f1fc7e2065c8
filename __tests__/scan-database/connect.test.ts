import { once } from "node:events";
import { type AddressInfo, createConnection, createServer } from "node:net";
import { PermanentError } from "../../handlers/shared/failures";
import { getJob } from "../../scan-database";
import { master, ScanDatabases } from "../../testing/scan-database";
import { createListedJob } from "../../testing/scan-job";

let databases: ScanDatabases;
beforeAll(async () => {
  databases = await ScanDatabases.start();
});
afterEach(() => databases.closeAll());
afterAll(() => databases.stop());

const select = (database: Awaited<ReturnType<ScanDatabases["open"]>>, expression: string) =>
  database.read(
    async (query) => (await query<{ value: unknown }>(`SELECT ${expression} AS value`)).rows[0]!.value,
  );

test("connects with TLS as the role that can change rows and no tables", async () => {
  const name = await databases.create();
  const database = databases.connect(name);
  expect(await select(database, "current_user")).toBe("scanner_app");
  const sessions = `SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '${name}'`;
  expect(await databases.asSuperuser(sessions)).toEqual([{ ssl: true }]);
  await expect(database.transaction((query) => query("DROP TABLE findings"))).rejects.toThrow(
    "must be owner",
  );
  await expect(database.transaction((query) => query("CREATE TABLE t (i int)"))).rejects.toThrow(
    "permission denied",
  );
  await expect(
    database.transaction((query) => query("UPDATE schema_migrations SET sha256 = ''")),
  ).rejects.toThrow("permission denied");
});

test("returns a BIGINT as a number", async () => {
  expect(await select(await databases.open(), "9007199254740991::bigint")).toBe(9007199254740991);
});

test("refuses a server whose certificate comes from no authority that it knows", async () => {
  const name = await databases.create();
  const { DB_CA_FILE: _, ...settings } = databases.settingsOf(name);
  await expect(select(databases.connect(name, { settings }), "1")).rejects.toMatchObject({
    name: "CertificateRejected",
  });
});

test("refuses a server with the certificate of another host", async () => {
  const name = await databases.create();
  // The same address, by a name that the certificate does not have.
  const settings = { ...databases.settingsOf(name), DB_HOST: "127.1" };
  await expect(select(databases.connect(name, { settings }), "1")).rejects.toMatchObject({
    name: "CertificateRejected",
  });
});

test("connects again when its idle connection was ended", async () => {
  const database = await databases.open();
  const first = await select(database, "pg_backend_pid()");
  await databases.asSuperuser(`SELECT pg_terminate_backend(${first})`);
  expect(await select(database, "pg_backend_pid()")).not.toBe(first);
});

test("repeats a transaction when the connection is lost before the commit", async () => {
  const database = await databases.open();
  const runs: unknown[] = [];
  const job = await createListedJob(database, []);
  await database.transaction(async (query) => {
    const { rows } = await query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    runs.push(rows[0]!.pid);
    await query("UPDATE jobs SET total_findings = total_findings + 1 WHERE job_id = $1", [job.jobId]);
    if (runs.length === 1) await databases.asSuperuser(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
    await query("SELECT 1");
  });
  expect(runs).toHaveLength(2);
  expect(await getJob(database, job.jobId)).toMatchObject({ totalFindings: 1 });
});

test("repeats work once only", async () => {
  const database = await databases.open();
  let runs = 0;
  const ended = database.read(async (query) => {
    runs += 1;
    const { rows } = await query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await databases.asSuperuser(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
    await query("SELECT 1");
  });
  await expect(ended).rejects.toMatchObject({ name: "ConnectionLost" });
  expect(runs).toBe(2);
});

test("does not repeat a transaction whose commit may have been done", async () => {
  const database = await databases.open();
  let runs = 0;
  const lost = database.transaction(async (query) => {
    runs += 1;
    const { rows } = await query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await databases.asSuperuser(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
  });
  await expect(lost).rejects.toMatchObject({ name: "CommitUnknown" });
  expect(runs).toBe(1);
});

test("undoes a transaction whose work throws, and keeps the connection", async () => {
  const database = await databases.open();
  const { jobId } = await createListedJob(database, []);
  const pid = await select(database, "pg_backend_pid()");
  const refused = database.transaction(async (query) => {
    await query("UPDATE jobs SET total_findings = 7 WHERE job_id = $1", [jobId]);
    throw new PermanentError("Refused", "no");
  });
  await expect(refused).rejects.toMatchObject({ name: "Refused" });
  expect(await getJob(database, jobId)).toMatchObject({ totalFindings: 0 });
  expect(await select(database, "pg_backend_pid()")).toBe(pid);
});

test("reads the secret again when its password was rotated, and not before", async () => {
  const name = await databases.create();
  const current = { ...master };
  let reads = 0;
  const database = databases.connect(name, {
    readCredentials: async () => {
      reads += 1;
      return { ...current };
    },
  });
  await select(database, "1");
  await select(database, "1");
  expect(reads).toBe(1);
  try {
    await databases.asSuperuser(`ALTER ROLE ${master.username} PASSWORD 'second-password'`);
    current.password = "second-password";
    const pid = await select(database, "pg_backend_pid()");
    expect(reads).toBe(1);
    await databases.asSuperuser(`SELECT pg_terminate_backend(${pid})`);
    await select(database, "1");
    expect(reads).toBe(2);
    current.password = "wrong";
    await databases.asSuperuser(`ALTER ROLE ${master.username} PASSWORD 'third-password'`);
    const last = await select(database, "pg_backend_pid()");
    await databases.asSuperuser(`SELECT pg_terminate_backend(${last})`);
    await expect(select(database, "1")).rejects.toMatchObject({ name: "WrongPassword" });
  } finally {
    await databases.asSuperuser(`ALTER ROLE ${master.username} PASSWORD '${master.password}'`);
  }
});

test("connects after a secret that could not be read", async () => {
  const name = await databases.create();
  let reads = 0;
  const database = databases.connect(name, {
    readCredentials: async () => {
      reads += 1;
      if (reads === 1) throw new Error("throttled");
      return master;
    },
  });
  await expect(select(database, "1")).rejects.toThrow("throttled");
  expect(await select(database, "1")).toBe(1);
});

test("says so when the server has no connection left", async () => {
  const name = await databases.create();
  await databases.asSuperuser(`ALTER DATABASE ${name} CONNECTION LIMIT 1`);
  await select(databases.connect(name), "1");
  await expect(select(databases.connect(name), "1")).rejects.toMatchObject({ name: "TooManyConnections" });
});

test("a restart of the server is survived", async () => {
  const database = await databases.open();
  const { jobId } = await createListedJob(database, ["a"]);
  await databases.server.pause("immediate");
  await expect(getJob(database, jobId)).rejects.toMatchObject({ name: "ConnectionLost" });
  await databases.server.resume();
  expect(await getJob(database, jobId)).toMatchObject({ totalObjects: 1 });
});

test("connects again when its connection leads to a server that is read-only, as after a failover", async () => {
  const name = await databases.create();
  const setReadOnly = (value: string) =>
    databases.asSuperuser(`ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
  const database = databases.connect(name);
  await setReadOnly("on");
  await expect(createListedJob(database, [])).rejects.toMatchObject({ name: "ReadOnly" });
  await select(database, "1");
  await setReadOnly("off");
  const { jobId } = await createListedJob(database, []);
  expect(await getJob(database, jobId)).toMatchObject({ status: "completed" });
});

test("connects again when the network has lost its connection without a word", async () => {
  const name = await databases.create();
  let isSilent = false;
  const proxy = createServer((client) => {
    const upstream = createConnection(databases.server.port, "127.0.0.1");
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("data", (data) => {
        if (!isSilent) to.write(data);
      });
      from.on("error", () => {});
      from.on("close", () => to.destroy());
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  try {
    const settings = { ...databases.settingsOf(name), DB_PORT: (proxy.address() as AddressInfo).port };
    const database = databases.connect(name, { settings, statementTimeoutMs: 100 });
    const pid = await select(database, "pg_backend_pid()");
    isSilent = true;
    const answer = select(database, "pg_backend_pid()");
    setTimeout(() => {
      isSilent = false;
    }, 1_000);
    expect(await answer).not.toBe(pid);
    await databases.closeAll();
  } finally {
    proxy.close();
  }
});

test("a statement that takes too long is ended", async () => {
  const database = databases.connect(await databases.create(), { statementTimeoutMs: 50 });
  await expect(select(database, "pg_sleep(5)")).rejects.toMatchObject({ name: "StatementTimeout" });
});

test("no prepared statement stays behind on the server", async () => {
  const database = await databases.open();
  await createListedJob(database, ["a"]);
  expect(await select(database, "(SELECT count(*) FROM pg_prepared_statements)")).toBe(0);
});
