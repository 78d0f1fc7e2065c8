import { X509Certificate } from "node:crypto";
import { findAddress } from "../../local/rds/addresses";
import { CertificateAuthority } from "../../local/rds/certificate-authority";
import { configurationFile, serverParameters } from "../../local/rds/parameters";
import { fullVersion } from "../../local/rds/versions";

const settings = new Map([
  ["work_mem", { isStatic: false }],
  ["shared_buffers", { isStatic: true }],
  ["listen_addresses", { isStatic: true }],
]);

const translated = (parameters: Record<string, string>, major = 16, instanceClass = "db.t3.micro") =>
  serverParameters(
    settings,
    Object.entries(parameters).map(([name, value]) => ({ name, value, applyMethod: "immediate" })),
    { major, instanceClass },
  );

test.each([
  [14, {}, false],
  [15, {}, true],
  [16, { "rds.force_ssl": "0" }, false],
  [14, { "rds.force_ssl": "1" }, true],
])("requires TLS on version %i with %j: %s", (major, parameters, forceSsl) => {
  expect(translated(parameters, major).forceSsl).toBe(forceSsl);
});

test("tells dynamic, static and ineffective parameters apart", () => {
  expect(
    translated({
      work_mem: "8192",
      shared_buffers: "{DBInstanceClassMemory/32768}",
      listen_addresses: "*",
      "rds.logical_replication": "1",
      shared_preload_libraries: "pg_stat_statements,pg_cron",
    }),
  ).toEqual({
    forceSsl: true,
    dynamic: { work_mem: "8192" },
    static: {
      max_connections: "112",
      wal_level: "logical",
      shared_preload_libraries: "pg_stat_statements",
    },
    ignored: [
      "shared_buffers (a formula)",
      "listen_addresses (not a setting here)",
      "shared_preload_libraries pg_cron (not installed)",
    ],
  });
});

test("a dynamic parameter can wait for a reboot", () => {
  const parameter = { name: "work_mem", value: "8192", applyMethod: "pending-reboot" };
  const result = serverParameters(settings, [parameter], { major: 16, instanceClass: "db.t3.micro" });
  expect([result.dynamic, result.static.work_mem]).toEqual([{}, "8192"]);
});

test.each([
  ["db.t3.micro", "112"],
  ["db.t4g.medium", "450"],
  ["db.m6g.large", "901"],
  ["db.r6g.4xlarge", "5000"],
])("gives %s %s connections", (instanceClass, connections) => {
  expect(translated({}, 16, instanceClass).static.max_connections).toBe(connections);
});

test("escapes values in the configuration file", () => {
  expect(configurationFile({ search_path: `a'b\\c` })).toBe(`search_path = 'a''b\\\\c'\n`);
});

test.each([
  [null, "18.4"],
  ["18", "18.4"],
  ["16", "16.11"],
  ["15.4", "15.4"],
])("completes the version %s to %s", async (asked, full) => {
  expect(await fullVersion(asked)).toBe(full);
});

test("certificates of the CA name the address of their server", () => {
  const authority = new CertificateAuthority();
  const issued = new X509Certificate(authority.issueFor("127.1.2.3").certificate);
  const root = new X509Certificate(authority.certificate);
  expect(issued.checkIP("127.1.2.3")).toBe("127.1.2.3");
  expect(issued.checkIP("127.1.2.4")).toBeUndefined();
  expect(issued.checkIssued(root) && issued.verify(root.publicKey)).toBe(true);
  expect(root.ca && !issued.ca).toBe(true);
  expect(issued.verify(new X509Certificate(new CertificateAuthority().certificate).publicKey)).toBe(false);
});

test.each(["linux", "darwin"])("finds an address on %s", async (platform) => {
  jest
    .spyOn(jest.requireActual<typeof import("node:os")>("node:os"), "platform")
    .mockReturnValue(platform as never);
  const { address, port } = await findAddress(5432);
  if (platform === "linux") expect([/^127\.\d+\.\d+\.\d+$/.test(address), port]).toEqual([true, 5432]);
  else expect([address, port === 5432]).toEqual(["127.0.0.1", false]);
});
