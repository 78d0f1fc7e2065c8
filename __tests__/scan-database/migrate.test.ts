import { getJob, migrate } from "../../scan-database";
import { migrations } from "../../scan-database/migrations";
import { ScanDatabases } from "../../testing/scan-database";

let databases: ScanDatabases;
beforeAll(async () => {
  databases = await ScanDatabases.start();
});
afterEach(() => databases.closeAll());
afterAll(() => databases.stop());

const next = {
  version: migrations.length + 1,
  name: "add-column",
  sql: "ALTER TABLE jobs ADD COLUMN added text",
};
const unknownJob = "00000000-0000-4000-8000-000000000000";

test("creates the schema, and does nothing the second time", async () => {
  const owner = databases.connect(await databases.createEmpty(), { role: "owner" });
  expect(await migrate(owner)).toEqual({ from: 0, to: 1, applied: ["001-create-tables"] });
  expect(await migrate(owner)).toEqual({ from: 1, to: 1, applied: [] });
});

test("applies each migration once when two functions migrate at once", async () => {
  const name = await databases.createEmpty();
  const owners = [1, 2, 3].map(() => databases.connect(name, { role: "owner" }));
  const results = await Promise.all(owners.map((owner) => migrate(owner, [...migrations, next])));
  expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, 0, 2]);
});

test("applies nothing of a release when one of its migrations fails", async () => {
  const owner = databases.connect(await databases.createEmpty(), { role: "owner" });
  await expect(
    migrate(owner, [...migrations, { ...next, sql: "ALTER TABLE missing ADD COLUMN a text" }]),
  ).rejects.toThrow('relation "missing" does not exist');
  expect(await migrate(owner)).toMatchObject({ from: 0 });
});

test("refuses a migration that was changed after it was applied", async () => {
  const owner = databases.connect(await databases.create(), { role: "owner" });
  const changed = [{ ...migrations[0]!, sql: `${migrations[0]!.sql}\n` }];
  await expect(migrate(owner, changed)).rejects.toThrow(
    "migration 001-create-tables was applied with other statements than this release has",
  );
});

test("refuses a database that a newer release has migrated", async () => {
  const name = await databases.create();
  const owner = databases.connect(name, { role: "owner" });
  await migrate(owner, [...migrations, next]);
  await expect(migrate(owner)).rejects.toMatchObject({ name: "SchemaTooNew" });
  await expect(getJob(databases.connect(name), unknownJob)).rejects.toMatchObject({
    name: "SchemaTooNew",
    message: expect.stringContaining("expected schema version 1, found 2"),
  });
});

test.each([
  ["without a schema", "", "found no schema"],
  ["with an older schema", "DELETE FROM schema_migrations", "found no schema"],
])("a database %s is refused with what to do", async (_what, statement, found) => {
  const name = statement === "" ? await databases.createEmpty() : await databases.create();
  if (statement !== "") await databases.asSuperuser(statement, name);
  await expect(getJob(databases.connect(name), unknownJob)).rejects.toMatchObject({
    name: "SchemaOutdated",
    message: expect.stringContaining(`${found}; invoke the function migrate-database`),
  });
});

test("a database of a server that was never migrated is refused with what to do", async () => {
  const name = await databases.createEmpty();
  await databases.asSuperuser("ALTER ROLE scanner_app RENAME TO scanner_other");
  try {
    await expect(getJob(databases.connect(name), unknownJob)).rejects.toMatchObject({
      name: "SchemaOutdated",
    });
  } finally {
    await databases.asSuperuser("ALTER ROLE scanner_other RENAME TO scanner_app");
  }
});
