import { createLog } from "../../../handlers/shared/log";
import { ScanDatabases } from "../../../testing/scan-database";
import { createDatabaseReady } from "../../../worker/jobs/scan-objects/database-ready";

test("is ready while the database can be used, and logs when that changes, once", async () => {
  const databases = await ScanDatabases.start();
  try {
    const name = await databases.create();
    const lines: { message: string; error?: string }[] = [];
    const isReady = createDatabaseReady(
      databases.connect(name),
      createLog("INFO", (line) => lines.push(JSON.parse(line))),
    );
    expect([await isReady(), lines]).toEqual([true, []]);

    await databases.asSuperuser(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await databases.asSuperuser(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    expect([await isReady(), await isReady()]).toEqual([false, false]);
    expect(lines).toMatchObject([
      { level: "ERROR", message: "no messages are received until the database can be used" },
    ]);

    await databases.asSuperuser(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect([await isReady(), await isReady()]).toEqual([true, true]);
    expect(lines[1]).toMatchObject({ level: "INFO", message: "database can be used again" });
    expect(lines).toHaveLength(2);
    await databases.closeAll();
  } finally {
    await databases.stop();
  }
});
