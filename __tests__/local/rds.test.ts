import { readFileSync } from "node:fs";
import {
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from "@aws-sdk/client-rds";
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Client } from "pg";
import type { LocalAws } from "../../local";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { maxRetries, region, writeRoot } from "../../testing/module-root";
import { until } from "../../testing/processes";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";

const root = emptyRoot("rds");

const instance = {
  instance_class: "db.t3.micro",
  skip_final_snapshot: true,
  apply_immediately: true,
  vpc_security_group_ids: ["${aws_security_group.database.id}"],
};

/** A database as a stack has it, a replica of another one, and a snapshot. */
writeRoot(root, {
  provider: { aws: { region, max_retries: maxRetries } },
  data: { aws_availability_zones: { this: {} } },
  resource: {
    aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
    aws_subnet: Object.fromEntries(
      ["0", "1"].map((index) => [
        `private${index}`,
        {
          vpc_id: "${aws_vpc.this.id}",
          cidr_block: `10.0.1${index}.0/24`,
          availability_zone: `\${data.aws_availability_zones.this.names[${index}]}`,
        },
      ]),
    ),
    aws_security_group: {
      database: { vpc_id: "${aws_vpc.this.id}", name: "database", description: "database" },
      reader: { vpc_id: "${aws_vpc.this.id}", name: "reader", description: "reader" },
    },
    aws_vpc_security_group_ingress_rule: {
      reader: {
        security_group_id: "${aws_security_group.database.id}",
        referenced_security_group_id: "${aws_security_group.reader.id}",
        from_port: 5432,
        to_port: 5432,
        ip_protocol: "tcp",
      },
    },
    aws_vpc_security_group_egress_rule: {
      reader: {
        security_group_id: "${aws_security_group.reader.id}",
        referenced_security_group_id: "${aws_security_group.database.id}",
        from_port: 5432,
        to_port: 5432,
        ip_protocol: "tcp",
      },
    },
    aws_db_subnet_group: {
      this: { name: "jobs", subnet_ids: ["${aws_subnet.private0.id}", "${aws_subnet.private1.id}"] },
    },
    aws_db_parameter_group: {
      this: {
        name: "jobs",
        family: "postgres16",
        parameter: [
          { name: "log_min_duration_statement", value: "500" },
          { name: "rds.force_ssl", value: "1" },
          { name: "max_connections", value: "30", apply_method: "pending-reboot" },
        ],
      },
    },
    aws_db_instance: {
      jobs: {
        ...instance,
        identifier: "jobs",
        engine: "postgres",
        engine_version: "16",
        allocated_storage: 20,
        storage_type: "gp3",
        storage_encrypted: true,
        db_name: "jobs",
        username: "owner",
        manage_master_user_password: true,
        iam_database_authentication_enabled: true,
        performance_insights_enabled: true,
        backup_retention_period: 7,
        copy_tags_to_snapshot: true,
        enabled_cloudwatch_logs_exports: ["postgresql"],
        db_subnet_group_name: "${aws_db_subnet_group.this.name}",
        parameter_group_name: "${aws_db_parameter_group.this.name}",
        tags: { team: "platform" },
      },
      source: {
        ...instance,
        identifier: "source",
        engine: "postgres",
        allocated_storage: 20,
        username: "owner",
        password: "a-long-password",
        backup_retention_period: 1,
        db_subnet_group_name: "${aws_db_subnet_group.this.name}",
        skip_final_snapshot: false,
        final_snapshot_identifier: "source-final",
      },
      replica: {
        ...instance,
        identifier: "replica",
        replicate_source_db: "${aws_db_instance.source.identifier}",
      },
    },
    aws_db_snapshot: {
      jobs: {
        db_instance_identifier: "${aws_db_instance.jobs.identifier}",
        db_snapshot_identifier: "jobs-1",
        // With copy_tags_to_snapshot, a snapshot without tags of its own gets those of its instance.
        tags: { team: "platform" },
      },
    },
  },
  output: {
    secret: { value: "${aws_db_instance.jobs.master_user_secret[0].secret_arn}" },
    reader: { value: "${aws_security_group.reader.id}" },
    database: { value: "${aws_security_group.database.id}" },
  },
});

let localAws: LocalAws;
const log: string[] = [];
let again: ResourceChange[];
let outputs: Record<"secret" | "reader" | "database", string>;

const rds = () =>
  new RDSClient({
    endpoint: localAws.endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
const secrets = () =>
  new SecretsManagerClient({
    endpoint: localAws.endpoint,
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });

async function described(id: string) {
  const { DBInstances = [] } = await rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }));
  return DBInstances[0] ?? {};
}

const becomesAvailable = (id: string) =>
  until(
    async () => (await described(id)).DBInstanceStatus === "available",
    () => id,
  );

async function masterUser(
  SecretId: string | undefined = outputs.secret,
): Promise<{ username: string; password: string }> {
  const { SecretString = "" } = await secrets().send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString);
}

/** Connects over verified TLS. */
async function connect(
  id: string,
  { username, password }: { username: string; password: string },
  database = "jobs",
) {
  const { Endpoint } = await described(id);
  const client = new Client({
    host: Endpoint?.Address,
    port: Endpoint?.Port,
    user: username,
    password,
    database,
    ssl: { ca: readFileSync(localAws.certificateAuthority, "utf8") },
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws({ log: (line) => log.push(line) }), root);
  const run = (...args: string[]) => terraform(root, args, localAws.environment);
  await run("init", "-input=false");
  await run("apply", "-auto-approve", "-input=false", "-no-color");
  again = await plan(root, localAws.environment);
  const values = JSON.parse(await run("output", "-json")) as Record<string, { value: string }>;
  outputs = Object.fromEntries(
    Object.entries(values).map(([name, { value }]) => [name, value]),
  ) as typeof outputs;
}, 600_000);

afterAll(() => localAws?.stop());

test("plans no change after an apply", () => {
  const changed = again.filter(({ change }) => change.actions.join() !== "no-op");
  expect(changed.map(({ address, change }) => ({ address, ...change }))).toEqual([]);
  expect(again.filter(({ type }) => type.startsWith("aws_db_")).length).toBe(6);
});

test("serves the master user of the managed secret over verified TLS, and keeps connections over a rotation", async () => {
  const before = await masterUser();
  const open = await connect("jobs", before);
  await open.query("CREATE TABLE found (n int)");
  const { rows } = await open.query(
    "SELECT current_user AS name, current_setting('max_connections') AS max, current_setting('log_min_duration_statement') AS slow, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
  );
  expect(rows).toEqual([{ name: "owner", max: "30", slow: "500ms", ssl: true }]);
  await secrets().send(new RotateSecretCommand({ SecretId: outputs.secret }));
  expect((await masterUser()).password).not.toBe(before.password);
  await expect(connect("jobs", before)).rejects.toMatchObject({ code: "28P01" });
  await open.query("INSERT INTO found VALUES (1)");
  await open.end();
});

test("reboots: connections break, and the server comes back with its data", async () => {
  const open = await connect("jobs", await masterUser());
  await rds().send(new RebootDBInstanceCommand({ DBInstanceIdentifier: "jobs" }));
  await becomesAvailable("jobs");
  await expect(open.query("SELECT 1")).rejects.toThrow();
  const after = await connect("jobs", await masterUser());
  expect((await after.query("SELECT n FROM found")).rows).toEqual([{ n: 1 }]);
  await after.end();
});

test("a read replica follows its source", async () => {
  const owner = { username: "owner", password: "a-long-password" };
  const source = await connect("source", owner, "postgres");
  await source.query("CREATE TABLE followed AS SELECT 1 AS n");
  await source.end();
  const replica = await connect("replica", owner, "postgres");
  await until(async () => (await replica.query("SELECT to_regclass('followed') AS is")).rows[0].is !== null);
  await expect(replica.query("INSERT INTO followed VALUES (2)")).rejects.toMatchObject({ code: "25006" });
  await replica.end();
});

test("tells from the security groups who may connect", async () => {
  const by = (id: string) => localAws.databases.mayConnect("jobs", { securityGroupIds: [id] });
  expect(await by(outputs.reader)).toEqual({ allowed: true });
  expect(await by(outputs.database)).toEqual({
    allowed: false,
    reason: `no inbound rule of ${outputs.database} of the database jobs allows port 5432 from ${outputs.database}`,
  });
});

test("is restored from the snapshot, without what came later", async () => {
  await rds().send(
    new RestoreDBInstanceFromDBSnapshotCommand({
      DBInstanceIdentifier: "again",
      DBSnapshotIdentifier: "jobs-1",
      ManageMasterUserPassword: true,
    }),
  );
  await becomesAvailable("again");
  const restored = await described("again");
  const again = await connect("again", await masterUser(restored.MasterUserSecret?.SecretArn));
  expect((await again.query("SELECT to_regclass('found') AS is")).rows).toEqual([{ is: null }]);
  await again.end();
  await rds().send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: "again", SkipFinalSnapshot: true }));
});

test("a destroy leaves the final snapshot and nothing else", async () => {
  await terraform(root, ["destroy", "-auto-approve", "-input=false", "-no-color"], localAws.environment);
  expect((await terraform(root, ["state", "list"], localAws.environment)).trim()).toBe("");
  const { DBSnapshots = [] } = await rds().send(new DescribeDBSnapshotsCommand({ SnapshotType: "manual" }));
  expect(DBSnapshots.map(({ DBSnapshotIdentifier, Status }) => [DBSnapshotIdentifier, Status])).toEqual([
    ["source-final", "available"],
  ]);
}, 300_000);
