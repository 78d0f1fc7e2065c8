import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CopyDBSnapshotCommand,
  CreateDBInstanceCommand,
  type CreateDBInstanceCommandInput,
  CreateDBInstanceReadReplicaCommand,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBParametersCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  ModifyDBParameterGroupCommand,
  RDSClient,
  RebootDBInstanceCommand,
  ResetDBParameterGroupCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from "@aws-sdk/client-rds";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { strToU8, zipSync } from "fflate";
import { Client } from "pg";
import type { LocalAws } from "../../local";
import { CertificateAuthority } from "../../local/rds/certificate-authority";
import { ensurePython } from "../../scripts/setup/index.cjs";
import { commandLineProgram } from "../../testing/command-line";
import { startTestAws } from "../../testing/local-aws";
import { argumentsOf, descendants, isAlive, until } from "../../testing/processes";

let localAws: LocalAws;
let rds: RDSClient;
let secrets: SecretsManagerClient;
const log: string[] = [];

const clientOf = (endpoint: string) => ({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});

beforeAll(async () => {
  localAws = await startTestAws({ images: { "*": "true" }, log: (line) => log.push(line) });
  rds = new RDSClient(clientOf(localAws.endpoint));
  secrets = new SecretsManagerClient(clientOf(localAws.endpoint));
}, 60_000);
afterAll(() => localAws?.stop());

const OWNER = { username: "owner", password: "a-long-password" };

async function describeInstance(id: string, client = rds): Promise<DBInstance> {
  const { DBInstances = [] } = await client.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }),
  );
  return DBInstances[0] ?? {};
}

async function becomes(id: string, status = "available", client = rds): Promise<DBInstance> {
  await until(
    async () => (await describeInstance(id, client)).DBInstanceStatus === status,
    () => `of ${id}: ${log.join("\n")}`,
  );
  return describeInstance(id, client);
}

type Settings = Partial<CreateDBInstanceCommandInput>;

const command = (id: string, settings: Settings = {}) =>
  new CreateDBInstanceCommand({
    DBInstanceIdentifier: id,
    DBInstanceClass: "db.t3.micro",
    Engine: "postgres",
    AllocatedStorage: 20,
    MasterUsername: OWNER.username,
    ...(settings.ManageMasterUserPassword ? {} : { MasterUserPassword: OWNER.password }),
    DBName: "jobs",
    ...settings,
  });

/** Creates an instance and waits until it is available. */
async function create(id: string, settings: Settings = {}): Promise<DBInstance> {
  await rds.send(command(id, settings));
  return becomes(id);
}

const remove = (id: string) =>
  rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: id, SkipFinalSnapshot: true }));

const modify = async (id: string, settings: Partial<ModifyDBInstanceCommandInput>) => {
  await rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, ApplyImmediately: true, ...settings }),
  );
  return becomes(id);
};

interface Connection {
  user?: typeof OWNER;
  database?: string;
  ca?: string;
  plain?: boolean;
}

const opened: Client[] = [];
afterEach(async () => {
  for (const client of opened.splice(0)) await client.end().catch(() => {});
});

async function connect(
  { Endpoint }: DBInstance,
  { user = OWNER, database = "jobs", ca, plain }: Connection = {},
): Promise<Client> {
  const client = new Client({
    host: Endpoint?.Address,
    port: Endpoint?.Port,
    user: user.username,
    password: user.password,
    database,
    ssl: plain ? false : { ca: ca ?? readFileSync(localAws.certificateAuthority, "utf8") },
    connectionTimeoutMillis: 2000,
  });
  client.on("error", () => {});
  opened.push(client);
  await client.connect();
  return client;
}

async function single(client: Client, sql: string): Promise<unknown> {
  const { rows } = await client.query({ text: sql, rowMode: "array" });
  return rows[0]?.[0];
}

async function masterUser({ MasterUserSecret }: DBInstance): Promise<typeof OWNER> {
  const { SecretString = "" } = await secrets.send(
    new GetSecretValueCommand({ SecretId: MasterUserSecret?.SecretArn }),
  );
  return JSON.parse(SecretString);
}

const setParameter = (
  name: string,
  value: string,
  ApplyMethod: "immediate" | "pending-reboot" = "immediate",
) =>
  rds.send(
    new ModifyDBParameterGroupCommand({
      DBParameterGroupName: "jobs",
      Parameters: [{ ParameterName: name, ParameterValue: value, ApplyMethod }],
    }),
  );

describe("an instance", () => {
  let main: DBInstance;

  beforeAll(async () => {
    await rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: "jobs",
        DBParameterGroupFamily: "postgres16",
        Description: "jobs",
      }),
    );
    main = await create("main", { EngineVersion: "16", Port: 5433, DBParameterGroupName: "jobs" });
  }, 60_000);

  test("is creating without an endpoint first, and listens at an address of its own with the port asked for", async () => {
    const { DBInstance: made } = await rds.send(command("other", { EngineVersion: "14.1", Port: 5433 }));
    expect(made).toMatchObject({ DBInstanceStatus: "creating", EngineVersion: "14.1" });
    expect(made?.Endpoint).toBeUndefined();
    const other = await becomes("other");
    expect(other.Endpoint).toEqual({ Address: expect.stringMatching(/^127\./), Port: 5433 });
    expect(other.Endpoint?.Address).not.toBe(main.Endpoint?.Address);
    expect(log).toContainEqual(
      expect.stringMatching(/^rds: other is described with version 14\.1; its server is/),
    );
    expect(await single(await connect(other), "SELECT inet_server_port()")).toBe(5433);
    // Before PostgreSQL 15, rds.force_ssl is 0 by default.
    expect(await single(await connect(other, { plain: true }), "SELECT 1")).toBe(1);
    await remove("other");
    await expect(connect(other)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("has a resource id of its own, by which it is found", async () => {
    const byId = async (id: string) =>
      (
        await rds.send(
          new DescribeDBInstancesCommand({ Filters: [{ Name: "dbi-resource-id", Values: [id] }] }),
        )
      ).DBInstances?.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier);
    expect(await byId(main.DbiResourceId ?? "")).toEqual(["main"]);
    expect(await byId("db-M5ENSHXFPU6XHZ4G4ZEI5QIO2U")).toEqual([]);
  });

  test("gives the master user no superuser, and the role rds_iam to grant", async () => {
    const client = await connect(main);
    expect(await single(client, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).toBe(false);
    await client.query("CREATE ROLE app LOGIN");
    await client.query("GRANT rds_iam TO app");
    await client.query("CREATE TABLE found (n int)");
    await expect(client.query("ALTER SYSTEM SET work_mem = '1MB'")).rejects.toMatchObject({ code: "42501" });
    await expect(
      connect(main, { user: { username: "rdsadmin", password: "x" }, database: "postgres" }),
    ).rejects.toMatchObject({ code: "28000" });
  });

  test("has a certificate of the CA of local AWS", async () => {
    const ca = new CertificateAuthority().certificate;
    await expect(connect(main, { ca })).rejects.toThrow(/certificate/);
    expect(await single(await connect(main), "SELECT 1")).toBe(1);
  });

  test("takes over parameters: TLS at once, static ones at a reboot, and no static one at once", async () => {
    await expect(connect(main, { plain: true })).rejects.toMatchObject({ code: "28000" });
    await setParameter("rds.force_ssl", "0");
    await until(() =>
      connect(main, { plain: true }).then(
        () => true,
        () => false,
      ),
    );
    await rds.send(
      new ResetDBParameterGroupCommand({
        DBParameterGroupName: "jobs",
        Parameters: [{ ParameterName: "rds.force_ssl", ApplyMethod: "immediate" }],
      }),
    );
    await until(() =>
      connect(main, { plain: true }).then(
        () => false,
        () => true,
      ),
    );
    await expect(setParameter("max_connections", "20")).rejects.toMatchObject({
      name: "InvalidParameterCombination",
    });
    await setParameter("max_connections", "20", "pending-reboot");
    expect((await describeInstance("main")).DBParameterGroups?.[0]?.ParameterApplyStatus).toBe(
      "pending-reboot",
    );
    const before = await connect(main);
    expect(await single(before, "SHOW max_connections")).toBe("112");
    await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    const rebooted = await becomes("main");
    await expect(before.query("SELECT 1")).rejects.toThrow();
    expect(rebooted.DBParameterGroups?.[0]?.ParameterApplyStatus).toBe("in-sync");
    expect(await single(await connect(main), "SHOW max_connections")).toBe("20");
    const { Parameters = [] } = await rds.send(
      new DescribeDBParametersCommand({ DBParameterGroupName: "jobs" }),
    );
    expect(Parameters).toEqual([
      expect.objectContaining({ ParameterName: "max_connections", ParameterValue: "20", Source: "user" }),
    ]);
  });

  test("has incompatible parameters until they are changed and it is rebooted", async () => {
    await setParameter("max_connections", "300000", "pending-reboot");
    await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    await becomes("main", "incompatible-parameters");
    expect(log).toContainEqual(expect.stringMatching(/main is incompatible-parameters: .*max_connections/s));
    await setParameter("max_connections", "20", "pending-reboot");
    await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    await connect(await becomes("main"));
  });

  test("names the parameters that have no effect", async () => {
    await setParameter("rds.log_retention_period", "1440");
    expect(log.join("\n")).toMatch(
      /parameters of jobs without effect on main: rds\.log_retention_period \(not a setting here\)/,
    );
  });

  test("gets another password, and keeps open connections", async () => {
    const open = await connect(main);
    await modify("main", { MasterUserPassword: "another-password" });
    await expect(connect(main)).rejects.toMatchObject({ code: "28P01" });
    expect(await single(open, "SELECT 1")).toBe(1);
    await modify("main", { MasterUserPassword: OWNER.password });
    await connect(main);
  });

  test("refuses connections while it is stopped, and has its data when it starts", async () => {
    await (await connect(main)).query("INSERT INTO found VALUES (1)");
    await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    await becomes("main", "stopped");
    await expect(connect(main)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(modify("main", { MultiAZ: true })).rejects.toMatchObject({
      name: "InvalidDBInstanceStateFault",
    });
    await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: "main" }));
    await becomes("main");
    expect(await single(await connect(main), "SELECT n FROM found")).toBe(1);
  });

  test("moves to another port, and its replica goes on", async () => {
    const client = await connect(main);
    await rds.send(
      new CreateDBInstanceReadReplicaCommand({
        DBInstanceIdentifier: "copy",
        SourceDBInstanceIdentifier: "main",
      }),
    );
    await expect(becomes("copy")).resolves.toMatchObject({
      ReadReplicaSourceDBInstanceIdentifier: "main",
      BackupRetentionPeriod: 0,
    });
    expect((await describeInstance("main")).ReadReplicaDBInstanceIdentifiers).toEqual(["copy"]);
    await client.end();
    const moved = await modify("main", { DBPortNumber: 5434 });
    expect(moved.Endpoint?.Port).toBe(5434);
    const copy = await becomes("copy");
    await (await connect(moved)).query("INSERT INTO found VALUES (2)");
    const follower = await connect(copy);
    await until(async () => (await single(follower, "SELECT max(n) FROM found")) === 2);
    await expect(follower.query("INSERT INTO found VALUES (3)")).rejects.toMatchObject({ code: "25006" });
    main = moved;
  });

  test("is renamed with a restart, and its address belongs to the identifier", async () => {
    const open = await connect(main);
    const renamed = (id: string, name: string) =>
      rds.send(
        new ModifyDBInstanceCommand({
          DBInstanceIdentifier: id,
          NewDBInstanceIdentifier: name,
          ApplyImmediately: true,
        }),
      );
    await renamed("main", "Before");
    // At once, before the restart is over.
    const [refused, described] = await Promise.all([
      rds.send(command("main")).catch((error: Error) => error.name),
      describeInstance("before"),
    ]);
    expect([refused, described.DBInstanceStatus]).toEqual(["DBInstanceAlreadyExistsFault", "renaming"]);
    const before = await becomes("before");
    await expect(open.query("SELECT 1")).rejects.toThrow();
    expect(before.Endpoint?.Address).not.toBe(main.Endpoint?.Address);
    expect(before.DbiResourceId).toBe(main.DbiResourceId);
    await expect(connect(main)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(describeInstance("main")).rejects.toMatchObject({ name: "DBInstanceNotFoundFault" });
    expect(await single(await connect(before), "SELECT max(n) FROM found")).toBe(2);
    expect((await describeInstance("copy")).ReadReplicaSourceDBInstanceIdentifier).toBe("before");

    const other = await create("other");
    await renamed("other", "main");
    expect((await becomes("main")).Endpoint?.Address).toBe(main.Endpoint?.Address);
    expect((await becomes("main")).DbiResourceId).toBe(other.DbiResourceId);
    await remove("main");
    await renamed("before", "main");
    main = await becomes("main");
    await becomes("copy");
  });

  test("is deleted as asked, and its replica is an instance of its own then", async () => {
    const asked = (settings: object) =>
      rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "main", ...settings }));
    await expect(asked({})).rejects.toMatchObject({ name: "InvalidParameterCombination" });
    await modify("main", { DeletionProtection: true });
    await expect(asked({ SkipFinalSnapshot: true })).rejects.toThrow(/protected/);
    await modify("main", { DeletionProtection: false });
    await asked({ FinalDBSnapshotIdentifier: "final" });
    await expect(describeInstance("main")).rejects.toMatchObject({ name: "DBInstanceNotFoundFault" });
    const copy = await describeInstance("copy");
    expect(copy.ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
    await (await connect(copy)).query("INSERT INTO found VALUES (3)");
    await remove("copy");
    await rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: "main",
        DBSnapshotIdentifier: "final",
      }),
    );
    const restored = await becomes("main");
    expect(await single(await connect(restored), "SELECT array_agg(n ORDER BY n) FROM found")).toEqual([
      1, 2,
    ]);
    await remove("main");
  });
});

describe("a managed password", () => {
  let managed: DBInstance;
  beforeAll(async () => {
    managed = await create("managed", { ManageMasterUserPassword: true });
  }, 60_000);
  afterAll(() => remove("managed"));

  test("is random, with the master user's name", async () => {
    const user = await masterUser(managed);
    expect(user).toEqual({ username: "owner", password: expect.stringMatching(/^[^/"@ ]{28}$/) });
    await connect(managed, { user });
    const { RotationEnabled } = await secrets.send(
      new DescribeSecretCommand({ SecretId: managed.MasterUserSecret?.SecretArn }),
    );
    expect(RotationEnabled).toBe(true);
  });

  test.each([
    [
      "RotateSecret",
      () => secrets.send(new RotateSecretCommand({ SecretId: managed.MasterUserSecret?.SecretArn })),
    ],
    ["ModifyDBInstance", () => modify("managed", { RotateMasterUserPassword: true })],
  ])("is rotated by %s in the server and in the secret", async (_, rotate) => {
    const before = await masterUser(managed);
    const open = await connect(managed, { user: before });
    await rotate();
    const after = await masterUser(managed);
    expect(after.password).not.toBe(before.password);
    await connect(managed, { user: after });
    await expect(connect(managed, { user: before })).rejects.toMatchObject({ code: "28P01" });
    expect(await single(open, "SELECT 1")).toBe(1);
    const previous = await secrets.send(
      new GetSecretValueCommand({
        SecretId: managed.MasterUserSecret?.SecretArn,
        VersionStage: "AWSPREVIOUS",
      }),
    );
    expect(JSON.parse(previous.SecretString ?? "")).toEqual(before);
  });

  test("stays when its management is turned on once more, as Terraform does after an import", async () => {
    const user = await masterUser(managed);
    const { MasterUserSecret } = await modify("managed", { ManageMasterUserPassword: true });
    expect(MasterUserSecret?.SecretArn).toBe(managed.MasterUserSecret?.SecretArn);
    await connect(managed, { user });
  });

  test("is changed by RDS only", async () => {
    await expect(
      secrets.send(
        new PutSecretValueCommand({ SecretId: managed.MasterUserSecret?.SecretArn, SecretString: "{}" }),
      ),
    ).rejects.toMatchObject({ name: "InvalidRequestException" });
  });

  test("allows no read replica", async () => {
    await expect(
      rds.send(
        new CreateDBInstanceReadReplicaCommand({
          DBInstanceIdentifier: "r",
          SourceDBInstanceIdentifier: "managed",
        }),
      ),
    ).rejects.toMatchObject({ name: "InvalidDBInstanceStateFault" });
  });
});

describe("the data", () => {
  let source: DBInstance;
  let between: Date;

  const snapshot = async (name: string) =>
    (await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }))).DBSnapshots?.[0];
  const found = async (instance: DBInstance) =>
    single(await connect(instance), "SELECT array_agg(n ORDER BY n) FROM found");

  beforeAll(async () => {
    source = await create("source");
    const client = await connect(source);
    await client.query("CREATE TABLE found (n int)");
    await client.query("INSERT INTO found VALUES (1)");
    await rds.send(
      new CreateDBSnapshotCommand({ DBInstanceIdentifier: "source", DBSnapshotIdentifier: "one" }),
    );
    expect((await snapshot("one"))?.Status).toBe("creating");
    await becomes("source");
    await client.query("INSERT INTO found VALUES (2)");
    // A time in a request has whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    between = new Date(Math.floor(Date.now() / 1000) * 1000);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await client.query("INSERT INTO found VALUES (3)");
  }, 60_000);
  afterAll(() => remove("source"));

  test("is restored from a snapshot and from its copy", async () => {
    expect(await snapshot("one")).toMatchObject({ Status: "available", PercentProgress: 100 });
    await rds.send(
      new CopyDBSnapshotCommand({ SourceDBSnapshotIdentifier: "one", TargetDBSnapshotIdentifier: "two" }),
    );
    await rds.send(
      new RestoreDBInstanceFromDBSnapshotCommand({
        DBInstanceIdentifier: "restored",
        DBSnapshotIdentifier: "two",
      }),
    );
    expect(await found(await becomes("restored"))).toEqual([1]);
    await remove("restored");
  });

  test.each([
    ["a point in time", () => ({ RestoreTime: between }), [1, 2]],
    ["the latest time", () => ({ UseLatestRestorableTime: true }), [1, 2, 3]],
  ])("is restored to %s", async (_, time, expected) => {
    await rds.send(
      new RestoreDBInstanceToPointInTimeCommand({
        SourceDBInstanceIdentifier: "source",
        TargetDBInstanceIdentifier: "restored",
        ...time(),
      }),
    );
    const restored = await becomes("restored");
    expect(await found(restored)).toEqual(expected);
    await (await connect(restored)).query("INSERT INTO found VALUES (9)");
    expect(await found(source)).toEqual([1, 2, 3]);
    await remove("restored");
  });

  test.each([
    ["before the first backup", { RestoreTime: new Date("2026-01-01T00:00:00Z") }, "InvalidParameterValue"],
    ["in the future", { RestoreTime: new Date("2199-01-01T00:00:00Z") }, "InvalidParameterValue"],
    ["of none and not the latest", {}, "InvalidParameterCombination"],
  ])("is not restored to a time %s", async (_, time, name) => {
    await expect(
      rds.send(
        new RestoreDBInstanceToPointInTimeCommand({
          SourceDBInstanceIdentifier: "source",
          TargetDBInstanceIdentifier: "never",
          ...time,
        }),
      ),
    ).rejects.toMatchObject({ name });
  });
});

describe("a disturbance", () => {
  let instance: DBInstance;
  beforeAll(async () => {
    instance = await create("disturbed");
  }, 60_000);
  afterAll(() => remove("disturbed"));

  const disturb = async (disturbance: string) => {
    const { status } = await fetch(`${localAws.endpoint}/_local/databases`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ instance: "disturbed", disturbance }),
    });
    return status;
  };

  test.each([
    ["unreachable", { message: expect.stringContaining("timeout") }],
    ["too-many-connections", { code: "53300" }],
  ])("makes a database %s until it is ended", async (disturbance, error) => {
    expect(await disturb(disturbance)).toBe(200);
    await expect(connect(instance)).rejects.toMatchObject(error);
    expect(await disturb("none")).toBe(200);
    await connect(instance);
  });

  test("crashes a database, which comes back", async () => {
    const open = await connect(instance);
    expect(await disturb("crash")).toBe(200);
    await expect(open.query("SELECT 1")).rejects.toThrow();
    await connect(instance);
    expect(await disturb("flood")).toBe(400);
  });
});

// Connects as clients of PostgreSQL do, with the CAs that Node.js trusts.
const FUNCTION = `
const net = require("node:net"), tls = require("node:tls");
exports.handler = () => new Promise((resolve) => {
  const { DB_HOST: host, DB_PORT: port, PGSSLROOTCERT, NODE_EXTRA_CA_CERTS } = process.env;
  const socket = net.connect(port, host, () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
  socket.once("data", () => {
    const secure = tls.connect({ socket, host, rejectUnauthorized: false }, () => {
      resolve({ trusted: secure.authorized, samePath: PGSSLROOTCERT === NODE_EXTRA_CA_CERTS });
      secure.destroy();
    });
  });
});`;

test("a function trusts the certificate, and the log says that it could not connect on AWS", async () => {
  const { Endpoint } = await create("trusted");
  const config = clientOf(localAws.endpoint);
  const principal = {
    Effect: "Allow",
    Principal: { Service: "lambda.amazonaws.com" },
    Action: "sts:AssumeRole",
  };
  const { Role } = await new IAMClient(config).send(
    new CreateRoleCommand({
      RoleName: "reader",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [principal] }),
    }),
  );
  const lambda = new LambdaClient(config);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "reader",
      Role: Role?.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Environment: {
        Variables: {
          DB_HOST: Endpoint?.Address ?? "",
          DB_PORT: String(Endpoint?.Port),
          // Where Lambda has the CAs of AWS.
          NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem",
        },
      },
      Code: { ZipFile: zipSync({ "index.js": strToU8(FUNCTION) }) },
    }),
  );
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: "reader" }));
  expect(JSON.parse(Buffer.from(Payload ?? []).toString())).toEqual({ trusted: true, samePath: true });
  expect(log).toContainEqual(
    "rds: function reader cannot connect to the database trusted on AWS: it is in no VPC. Local AWS does not enforce this.",
  );
  await remove("trusted");
}, 90_000);

/** Calls EC2. Returns the text of an element in the response. */
async function ec2(
  element: string,
  Action: string,
  parameters: Record<string, string> = {},
): Promise<string> {
  const response = await fetch(localAws.endpoint, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/ec2/aws4_request, x" },
    body: new URLSearchParams({ Action, Version: "2016-11-15", ...parameters }),
  });
  return new RegExp(`<${element}>([^<]+)<`).exec(await response.text())?.[1] ?? "";
}

describe("the security groups", () => {
  let client: string;
  let server: string;
  let subnet: string;

  const rule = (
    group: string,
    direction: "Ingress" | "Egress",
    peer: Record<string, string>,
    port = "5432",
  ) =>
    ec2("return", `AuthorizeSecurityGroup${direction}`, {
      GroupId: group,
      "IpPermissions.1.IpProtocol": "tcp",
      "IpPermissions.1.FromPort": port,
      "IpPermissions.1.ToPort": port,
      ...Object.fromEntries(Object.entries(peer).map(([name, value]) => [`IpPermissions.1.${name}`, value])),
    });
  const ask = async (query: string) =>
    (await fetch(`${localAws.endpoint}/_local/databases?instance=guarded&${query}`)).json();

  beforeAll(async () => {
    subnet = await ec2("subnetId", "DescribeSubnets");
    const VpcId = await ec2("vpcId", "DescribeSubnets");
    const group = (GroupName: string) =>
      ec2("groupId", "CreateSecurityGroup", { GroupName, GroupDescription: GroupName, VpcId });
    client = await group("client");
    server = await group("server");
    await create("guarded", { VpcSecurityGroupIds: [server] });
  }, 60_000);
  afterAll(() => remove("guarded"));

  test("allow a task only what the rules of both sides allow, and the log names a task that starts without", async () => {
    const ecs = new ECSClient(clientOf(localAws.endpoint));
    await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
    const { Endpoint } = await describeInstance("guarded");
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "worker",
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        containerDefinitions: [
          { name: "app", image: "worker", environment: [{ name: "DB_HOST", value: Endpoint?.Address }] },
        ],
      }),
    );
    await ecs.send(
      new RunTaskCommand({
        cluster: "engines",
        taskDefinition: "worker",
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets: [subnet], securityGroups: [client] } },
      }),
    );
    const reason = `no inbound rule of ${server} of the database guarded allows port 5432 from ${client}`;
    await until(() => log.some((line) => /^rds: task .*cannot connect/.test(line) && line.includes(reason)));
    expect(await ask(`securityGroups=${client}`)).toEqual({ allowed: false, reason });
    await rule(server, "Ingress", { "Groups.1.GroupId": client }, "5431");
    expect(await ask(`securityGroups=${client}`)).toEqual({ allowed: false, reason });
    await rule(server, "Ingress", { "Groups.1.GroupId": client });
    expect(await ask(`securityGroups=${client}`)).toEqual({ allowed: true });
  });

  test("allow by ranges of addresses", async () => {
    expect(await ask(`securityGroups=${server}&subnets=${subnet}`)).toMatchObject({ allowed: false });
    await rule(server, "Ingress", { "IpRanges.1.CidrIp": "172.31.0.0/16" });
    expect(await ask(`securityGroups=${server}&subnets=${subnet}`)).toEqual({ allowed: true });
    // Without subnets the addresses are unknown.
    expect(await ask(`securityGroups=${server}`)).toMatchObject({ allowed: false });
  });
});

test("of another engine there is no database, which the log says", async () => {
  await rds.send(command("mysql", { Engine: "mysql" }));
  expect(log).toContainEqual(
    expect.stringMatching(/CreateDBInstance mysql: .* nothing listens .* mysql database/),
  );
  await remove("mysql");
});

test.each([
  ["a reserved master user", { MasterUsername: "admin" }, /reserved word/],
  ["a short password", { MasterUserPassword: "short" }, /shorter than 8/],
  ["a password with a slash", { MasterUserPassword: "with/a/slash" }, /printable ASCII/],
])("%s is refused", async (_, settings, message) => {
  await expect(rds.send(command("refused", settings))).rejects.toThrow(message);
});

test("a killed local AWS leaves no server and no data", async () => {
  const program = commandLineProgram();
  const python = dirname(dirname(ensurePython()));
  const child = spawn(process.execPath, [program, "local", "--port", "0", "--python", python], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  await until(() => said.includes("export AWS_REGION"));
  const client = new RDSClient(clientOf(/export AWS_ENDPOINT_URL=(\S+)/.exec(said)?.[1] ?? ""));
  await client.send(command("killed"));
  await becomes("killed", "available", client);
  const servers = descendants(child.pid ?? 0).filter((pid) => / -D /.test(argumentsOf(pid)));
  expect(servers.length).toBe(1);
  const data = / -D (\S+)/.exec(argumentsOf(servers[0] ?? 0))?.[1] ?? "";
  expect(existsSync(data)).toBe(true);
  child.kill("SIGKILL");
  await until(() => !servers.some(isAlive) && !existsSync(data));
}, 120_000);
