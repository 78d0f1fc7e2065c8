import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Database, type DatabaseProps } from "../../src/database";
import { Task } from "../../src/task";
import { evaluate } from "../local/permissions";
import { resolvedPolicy } from "./role-policies";
import { only, synthesize } from "./synth";

const props: DatabaseProps = {
  name: "scanner",
  vpcId: "vpc-1",
  subnetIds: ["subnet-a", "subnet-b"],
};

const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
const ownSecret = { createMasterSecret: false, existingMasterSecret: { arn: secretArn } };

const database = (more: Partial<DatabaseProps> = {}, use: (made: Database) => void = () => {}) =>
  synthesize((stack) => use(new Database(stack, "database", { ...props, ...more })));

test("allows the given security groups only, also those of a method", () => {
  const made = database({ clientSecurityGroupIds: { api: "sg-api" } }, (database) =>
    database.allowFrom("worker", "sg-worker"),
  );
  const rules = Object.values(made.aws_vpc_security_group_ingress_rule!);
  expect(rules.map((rule) => rule.referenced_security_group_id)).toEqual(["sg-api", "sg-worker"]);
  for (const rule of rules) {
    expect(rule).toMatchObject({ from_port: 5432, to_port: 5432, ip_protocol: "tcp" });
    expect(rule).not.toHaveProperty("cidr_ipv4");
  }
  for (const group of Object.values(made.aws_security_group!)) expect(group).not.toHaveProperty("ingress");
});

test("allows a client at the proxy too, which has the port of PostgreSQL", () => {
  const made = database({ createProxy: true, port: 6432 }, (database) => database.allowFrom("api", "sg-api"));
  const ports = Object.values(made.aws_vpc_security_group_ingress_rule!)
    .filter((rule) => rule.referenced_security_group_id === "sg-api")
    .map((rule) => rule.from_port);
  expect(ports).toEqual([6432, 5432]);
});

test("has an address without the port, and the secret that RDS makes", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const { address, secretArn, databaseName } = new Database(stack, "database", props);
  new TerraformOutput(stack, "address", { value: address });
  new TerraformOutput(stack, "secret-arn", { value: secretArn });
  const { output } = JSON.parse(Testing.synth(stack)) as { output: Record<string, { value: string }> };
  expect(databaseName).toBe("postgres");
  expect(output.address?.value).toMatch(/^\$\{aws_db_instance\.\S+\.address\}$/);
  expect(output["secret-arn"]?.value).toMatch(
    /^\$\{try\(aws_db_instance\.\S+\.master_user_secret\[0\]\.secret_arn, ""\)\}$/,
  );
});

test("writes no password down: RDS makes it, or Terraform reads it from a secret", () => {
  expect(only(database(), "aws_db_instance")).toMatchObject({ manage_master_user_password: true });
  expect(only(database(), "aws_db_instance")).not.toHaveProperty("password");
  const own = only(database(ownSecret), "aws_db_instance");
  expect(own).not.toHaveProperty("manage_master_user_password");
  expect(own.password).toMatch(
    /^\$\{jsondecode\(data\.aws_secretsmanager_secret_version\.\S+\.secret_string\)\.password\}$/,
  );
});

describe("as evaluated by IAM, the policy to read the secret", () => {
  const reader = (more: Partial<DatabaseProps> = {}) => {
    let policy = "";
    database({ ...ownSecret, ...more }, ({ readSecretPolicyJson }) => {
      policy = readSecretPolicyJson;
    });
    return {
      roleArn: "arn:aws:iam::123456789012:role/worker",
      documents: [{ name: "read", policy: JSON.parse(policy) }],
    };
  };

  /** A key policy that leaves the decision to IAM. */
  const keyPolicy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::123456789012:root" },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  };

  test("allows to read this secret and no other, and not to change it", async () => {
    const role = reader();
    expect(await evaluate(role, "secretsmanager:GetSecretValue", secretArn, {})).toBe("Allowed");
    const other = secretArn.replace("database", "other");
    expect(await evaluate(role, "secretsmanager:GetSecretValue", other, {})).toBe("ImplicitlyDenied");
    expect(await evaluate(role, "secretsmanager:PutSecretValue", secretArn, {})).toBe("ImplicitlyDenied");
    expect(await evaluate(role, "kms:Decrypt", kmsKeyArn, {}, keyPolicy)).toBe("ImplicitlyDenied");
  });

  test("allows to decrypt it with the key of the secret only", async () => {
    const role = reader({ existingMasterSecret: { arn: secretArn, kmsKeyArn } });
    expect(await evaluate(role, "kms:Decrypt", kmsKeyArn, {}, keyPolicy)).toBe("Allowed");
    const other = kmsKeyArn.replace("1234abcd", "0");
    expect(await evaluate(role, "kms:Decrypt", other, {}, keyPolicy)).toBe("ImplicitlyDenied");
    // The key of the database is not that of a secret of one's own.
    const ofDatabase = reader({ kmsKeyArn });
    expect(await evaluate(ofDatabase, "kms:Decrypt", kmsKeyArn, {}, keyPolicy)).toBe("ImplicitlyDenied");
  });

  test("is the only one of the proxy", () => {
    const made = database({ ...ownSecret, createProxy: true });
    const { policy } = only(made, "aws_iam_role_policy");
    expect(resolvedPolicy(made, String(policy))).toEqual(reader().documents[0]!.policy);
  });
});

test("its secret is what a task can be granted", () => {
  const made = synthesize((stack) => {
    const { secretArn } = new Database(stack, "database", props);
    const task = new Task(stack, "worker", {
      name: "worker",
      clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
      vpcId: "vpc-1",
      subnetIds: ["subnet-a"],
      image: "busybox",
    });
    task.grantSecret(secretArn, { key: "database" });
  });
  const grants = Object.values(made.aws_iam_role_policy!).map(({ name }) => name);
  expect(grants).toContain("grant-database");
});

test("a new major version replaces the parameter group after its successor is made", () => {
  const { lifecycle, name_prefix, family } = only(
    database({ engineVersion: "18" }),
    "aws_db_parameter_group",
  ) as Record<string, { create_before_destroy?: boolean }>;
  expect(lifecycle?.create_before_destroy).toBe(true);
  expect([name_prefix, family]).toEqual(["scanner-", "postgres18"]);
});

/** The preconditions of a database with these values from variables. */
const preconditions = (given: Readonly<Record<string, string>>): string[] => {
  const made = synthesize((stack) => {
    const tokens = Object.entries(given).map(([name, type]) => {
      const variable = new TerraformVariable(stack, name, { type });
      return [name, type === "number" ? variable.numberValue : variable.stringValue];
    });
    new Database(stack, "database", { ...props, ...Object.fromEntries(tokens) });
  });
  return Object.values(made)
    .flatMap((resources) => Object.values(resources))
    .flatMap(({ lifecycle }) => (lifecycle as { precondition?: { condition: string }[] })?.precondition ?? [])
    .map(({ condition }) => condition);
};

test("Terraform compares windows and sizes that only it knows", () => {
  expect(preconditions({ backupWindow: "string" })).toEqual([
    expect.stringContaining("can(regex("),
    expect.stringContaining('"sun:04:30-sun:05:30"'),
  ]);
  expect(preconditions({ maxAllocatedStorageGib: "number" })).toContain(
    "${var.maxAllocatedStorageGib * 10 >= 20 * 11}",
  );
});

test.each<[string, string]>([
  ["23:45-00:15", "sun:23:15-sun:23:45"],
  ["00:00-00:30", "sun:23:30-mon:00:00"],
  ["12:00-12:30", "sat:13:00-sun:11:00"],
])("takes the backup window %s with the maintenance window %s", (backupWindow, maintenanceWindow) => {
  expect(only(database({ backupWindow, maintenanceWindow }), "aws_db_instance")).toMatchObject({
    backup_window: backupWindow,
    maintenance_window: maintenanceWindow,
  });
});

test.each<[Partial<DatabaseProps>, string]>([
  [{ name: "Scanner" }, 'name is "Scanner"; a database\'s name here has 1 to 42 lower-case letters'],
  [{ name: "a--b" }, 'name is "a--b"; a database\'s name here'],
  [{ name: "a".repeat(43) }, "a database's name here has 1 to 42"],
  [{ subnetIds: ["subnet-1"] }, "subnetIds has 1 subnets; RDS takes at least 2, in two zones."],
  [{ engineVersion: "17.2" }, 'engineVersion is "17.2"; it takes a major version of PostgreSQL'],
  [{ instanceClass: "t3.micro" }, 'instanceClass is "t3.micro"; it takes a class of RDS'],
  [{ allocatedStorageGib: 19 }, "allocatedStorageGib is 19; RDS takes whole numbers from 20 to 65536."],
  [
    { allocatedStorageGib: 100, maxAllocatedStorageGib: 109 },
    "maxAllocatedStorageGib is 109 and allocatedStorageGib is 100; RDS takes a maximum that is at least 10 percent more.",
  ],
  [{ databaseName: "a-b" }, 'databaseName is "a-b"; it has 1 to 63 letters'],
  [{ databaseName: "RDSadmin" }, 'databaseName is "RDSadmin"; it has 1 to 63 letters'],
  [{ masterUsername: "admin" }, 'masterUsername is "admin"; it has 1 to 16 letters'],
  [{ masterUsername: "pg_owner" }, 'masterUsername is "pg_owner"; it has 1 to 16 letters'],
  [{ masterUsername: "a1234567890123456" }, "it has 1 to 16 letters"],
  [
    { createMasterSecret: false },
    "createMasterSecret is false and existingMasterSecret is absent; give existingMasterSecret exactly when createMasterSecret is false.",
  ],
  [{ existingMasterSecret: { arn: secretArn } }, "existingMasterSecret is given"],
  [
    { createMasterSecret: false, existingMasterSecret: { arn: "database" } },
    'existingMasterSecret.arn is "database"; it takes the ARN of a secret',
  ],
  [{ port: 1149 }, "port is 1149; RDS takes whole numbers from 1150 to 65535."],
  [
    { readReplicas: { reader: {} } },
    "readReplicas has reader and createMasterSecret is true; RDS creates no read replica of a PostgreSQL database whose password it manages",
  ],
  [
    { ...ownSecret, readReplicas: { b: {}, a: {} }, backupRetentionDays: 0 },
    "readReplicas has a, b and backupRetentionDays is 0; RDS makes a read replica from a backup",
  ],
  [
    { ...ownSecret, readReplicas: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`r${n}`, {}])) },
    "readReplicas has 16 read replicas; a database has at most 15.",
  ],
  [{ ...ownSecret, readReplicas: { Reader: {} } }, 'readReplicas names "Reader"; a key has 1 to 20'],
  [
    { ...ownSecret, readReplicas: { reader: { instanceClass: "t3.micro" } } },
    'readReplicas.reader.instanceClass is "t3.micro"',
  ],
  [{ backupRetentionDays: 36 }, "backupRetentionDays is 36; RDS takes whole numbers from 0 to 35."],
  [{ backupWindow: "03:00-03:29" }, 'backupWindow is "03:00-03:29"; it takes at least 30 minutes a day'],
  [{ backupWindow: "24:00-01:00" }, 'backupWindow is "24:00-01:00"'],
  [{ maintenanceWindow: "04:30-05:30" }, 'maintenanceWindow is "04:30-05:30"; it takes at least 30 minutes'],
  [{ maintenanceWindow: "sun:23:45-mon:00:14" }, 'maintenanceWindow is "sun:23:45-mon:00:14"; it takes'],
  [
    { maintenanceWindow: "sun:03:30-sun:04:00" },
    'maintenanceWindow is "sun:03:30-sun:04:00" and backupWindow is "03:00-04:00"; RDS takes windows that do not overlap.',
  ],
  [
    { backupWindow: "23:50-00:20", maintenanceWindow: "mon:00:10-mon:01:00" },
    "RDS takes windows that do not overlap.",
  ],
  [{ maintenanceWindow: "mon:05:00-tue:05:00" }, "RDS takes windows that do not overlap."],
  [{ finalSnapshotIdentifier: "last-" }, 'finalSnapshotIdentifier is "last-"; a snapshot\'s name has'],
  [{ parameters: { "rds.force_ssl": { value: "0" } } }, 'parameters names "rds.force_ssl"'],
  [
    { parameters: { log_statement: { value: "ddl", applyMethod: "now" as "immediate" } } },
    'parameters.log_statement.applyMethod is "now"; allowed are "immediate", "pending-reboot".',
  ],
  [{ performanceInsightsRetentionDays: 94 }, "performanceInsightsRetentionDays is 94; RDS takes 7, 731"],
  [{ monitoringIntervalSeconds: 2 }, "monitoringIntervalSeconds is 2; RDS takes 0, 1, 5, 10, 15, 30, 60."],
  [{ logRetentionDays: 2 }, "logRetentionDays is 2; CloudWatch Logs takes"],
  [{ maxCpuPercent: 101 }, "maxCpuPercent is 101; a utilization is more than 0 and at most 100 percent."],
  [{ maxConnections: 0 }, "maxConnections is 0; it must be more than 0."],
  [{ minFreeStorageGib: 0 }, "minFreeStorageGib is 0; it must be more than 0."],
  [{ kmsKeyArn: "alias/database" }, 'kmsKeyArn is "alias/database"; it takes the ARN of a KMS key'],
  [{ names: { "aws_db_instance.that": "acme" } }, 'names has "aws_db_instance.that"'],
])("refuses %j", (more, message) => {
  expect(() => database(more)).toThrow(message);
  expect(() => database(more)).toThrow("(at test/database)");
});
