import { createMigrateDatabase } from "../../../handlers/migrate-database/migrate-database";
import { type Database, DatabaseUnavailable, getJob } from "../../../scan-database";
import { databaseSettings } from "../../../testing/rest-request";
import { ScanDatabases } from "../../../testing/scan-database";

let databases: ScanDatabases;
beforeAll(async () => {
  databases = await ScanDatabases.start();
});
afterEach(() => databases.closeAll());
afterAll(() => databases.stop());

const createWorld = (database: Database) => {
  const lines: Record<string, unknown>[] = [];
  const waits: number[] = [];
  const handler = createMigrateDatabase({
    database,
    environment: databaseSettings,
    sleep: async (ms) => waits.push(ms),
    write: (line) => lines.push(JSON.parse(line)),
  });
  return { handler, lines, waits };
};

const create = { tf: { action: "create", prev_input: null } };
const unknown = "00000000-0000-4000-8000-000000000000";

test("creates the schema with which the functions work, and says which versions", async () => {
  const name = await databases.createEmpty();
  const { handler, lines } = createWorld(databases.connect(name, { role: "owner" }));
  expect(await handler(create)).toEqual({ from: 0, to: 1, applied: ["001-create-tables"] });
  expect(await handler({ tf: { action: "update" } })).toEqual({ from: 1, to: 1, applied: [] });
  expect(lines).toMatchObject([
    { message: "database migrated", from: 0, to: 1 },
    { message: "database migrated", from: 1, to: 1 },
  ]);
  expect(await getJob(databases.connect(name), unknown)).toBeUndefined();
});

test("leaves the tables when Terraform destroys the invocation", async () => {
  const name = await databases.create();
  const { handler } = createWorld(databases.connect(name, { role: "owner" }));
  expect(await handler({ tf: { action: "delete" } })).toEqual({
    ignored: "nothing is migrated when the invocation is destroyed",
  });
  expect(await getJob(databases.connect(name), unknown)).toBeUndefined();
});

test.each([[undefined], [null], ["text"], [{ tf: null }]])(
  "takes the input %j as a call to migrate",
  async (input) => {
    const { handler } = createWorld(databases.connect(await databases.create(), { role: "owner" }));
    expect(await handler(input)).toMatchObject({ to: 1 });
  },
);

test("waits for a database that does not accept connections yet", async () => {
  const owner = databases.connect(await databases.createEmpty(), { role: "owner" });
  let failures = 2;
  const { handler, waits } = createWorld({
    ...owner,
    transaction: (work) =>
      failures-- > 0
        ? Promise.reject(new DatabaseUnavailable("NotAccepting", "starting up"))
        : owner.transaction(work),
  });
  expect(await handler(create)).toMatchObject({ to: 1 });
  expect(waits).toEqual([1_000, 2_000]);
});

test("fails the apply when the database cannot be migrated", async () => {
  const name = await databases.create();
  await databases.asSuperuser("UPDATE schema_migrations SET sha256 = 'other'", name);
  const { handler, lines, waits } = createWorld(databases.connect(name, { role: "owner" }));
  await expect(handler(create)).rejects.toThrow(
    "migration 001-create-tables was applied with other statements",
  );
  expect(lines).toMatchObject([{ level: "ERROR", errorType: "MigrationChanged" }]);
  expect(waits).toEqual([]);
});
