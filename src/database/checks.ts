import type { Construct } from "constructs";
import { checkKmsKeyArn } from "../core/common-inputs";
import { expression } from "../core/expression";
import { checkLogRetention } from "../core/log-retention";
import { checkRoles } from "../core/roles";
import { checkKeys } from "../core/typed";
import {
  check,
  checkAtPlan,
  checkGivenExactlyWhenNotMade,
  checkLength,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";
import type { DatabaseProps } from "./props";
import { checkWindows } from "./windows";

/** What every name of an instance or a snapshot has: single hyphens between letters and digits. */
const singleHyphens = /^[A-Za-z](-?[A-Za-z0-9])*$/;
const lowerCase = /^[a-z](-?[a-z0-9])*$/;
const ofKey = /^[a-z0-9](-?[a-z0-9])*$/;
const instanceClass = /^db\.[a-z][a-z0-9-]*\.[a-z0-9]+$/;
const aClass = 'it takes a class of RDS, such as "db.t4g.micro".';

/** Database names that RDS reserves, in lower case. */
const reservedDatabases = ["db", "rdsadmin", "template0", "template1"];
const reservedUsers = "^(pg_.*|admin|rdsadmin|rds_superuser)$";

const insightsDays = [7, ...Array.from({ length: 23 }, (_, month) => (month + 1) * 31), 731];
const monitoringSeconds = [0, 1, 5, 10, 15, 30, 60];

/** @throws ValidationError when RDS would refuse a value, or two values contradict each other. */
export function checkDatabase(scope: Construct, props: DatabaseProps): void {
  const aName =
    "a database's name here has 1 to 42 lower-case letters, digits and hyphens, begins with a letter, and does not end with a hyphen or have two in a row (RDS allows 63, and a read replica is named <name>-<key>).";
  for (const pattern of [lowerCase, /^.{1,42}$/]) checkMatches(scope, "name", props.name, pattern, aName);
  checkSubnets(scope, props.subnetIds);
  checkKeys(scope, "clientSecurityGroupIds", props.clientSecurityGroupIds);
  checkMatches(
    scope,
    "engineVersion",
    props.engineVersion,
    /^(1[1-9]|[2-9][0-9])$/,
    'it takes a major version of PostgreSQL from 11, such as "17", without a minor version.',
  );
  checkMatches(scope, "instanceClass", props.instanceClass, instanceClass, aClass);
  checkStorage(scope, props);
  checkDatabaseName(scope, props.databaseName);
  checkMasterUsername(scope, props.masterUsername);
  checkMasterSecret(scope, props);
  checkRange(scope, "port", props.port, 1150, 65535, "RDS");
  checkReplicas(scope, props);
  checkRange(scope, "backupRetentionDays", props.backupRetentionDays, 0, 35, "RDS");
  const { backupWindow = "03:00-04:00", maintenanceWindow = "sun:04:30-sun:05:30" } = props;
  checkWindows(scope, backupWindow, maintenanceWindow);
  const aSnapshot =
    "a snapshot's name has 1 to 255 letters, digits and hyphens, begins with a letter, and does not end with a hyphen or have two in a row.";
  for (const pattern of [singleHyphens, /^.{1,255}$/])
    checkMatches(scope, "finalSnapshotIdentifier", props.finalSnapshotIdentifier, pattern, aSnapshot);
  checkParameters(scope, props.parameters);
  checkInsights(scope, props.performanceInsightsRetentionDays);
  checkMonitoringInterval(scope, props.monitoringIntervalSeconds);
  checkLogRetention(scope, "logRetentionDays", props.logRetentionDays);
  checkThresholds(scope, props);
  checkRoles(scope, props.roles);
}

function checkSubnets(scope: Construct, subnetIds: readonly string[]): void {
  const message = (count: number | string): string =>
    `subnetIds has ${count} subnets; RDS takes at least 2, in two zones.`;
  if (isToken(subnetIds))
    checkAtPlan(scope, [subnetIds], expression`length(${subnetIds}) >= 2`, message("fewer than 2"));
  else check(scope, subnetIds.length >= 2, message(subnetIds.length));
}

function checkStorage(scope: Construct, props: DatabaseProps): void {
  const { allocatedStorageGib = 20, maxAllocatedStorageGib: max } = props;
  checkRange(scope, "allocatedStorageGib", props.allocatedStorageGib, 20, 65536, "RDS");
  checkRange(scope, "maxAllocatedStorageGib", max, 22, 65536, "RDS");
  if (max === undefined) return;
  const message = `maxAllocatedStorageGib is ${max} and allocatedStorageGib is ${allocatedStorageGib}; RDS takes a maximum that is at least 10 percent more.`;
  // In tenths: 1.1 has no exact value.
  if ([max, allocatedStorageGib].some(isToken))
    checkAtPlan(
      scope,
      [max, allocatedStorageGib],
      expression`${max} * 10 >= ${allocatedStorageGib} * 11`,
      message,
    );
  else check(scope, max * 10 >= allocatedStorageGib * 11, message);
}

function checkDatabaseName(scope: Construct, name: string | undefined): void {
  const allowed =
    'it has 1 to 63 letters, digits and underscores, of which the first is a letter, and is none of "db", "rdsadmin", "template0", "template1", which RDS reserves.';
  checkMatches(scope, "databaseName", name, /^[A-Za-z][A-Za-z0-9_]{0,62}$/, allowed);
  const message = `databaseName is "${name}"; ${allowed}`;
  if (isKnown(name)) check(scope, !reservedDatabases.includes(name!.toLowerCase()), message);
  if (isToken(name))
    checkAtPlan(scope, [name], expression`!contains(${reservedDatabases}, lower(${name}))`, message);
}

function checkMasterUsername(scope: Construct, name: string | undefined): void {
  const allowed =
    'it has 1 to 16 letters, digits and underscores, of which the first is a letter, does not begin with "pg_", and is none of "admin", "rdsadmin", "rds_superuser", which are reserved.';
  checkMatches(scope, "masterUsername", name, /^[A-Za-z][A-Za-z0-9_]{0,15}$/, allowed);
  const message = `masterUsername is "${name}"; ${allowed}`;
  if (isKnown(name)) check(scope, !new RegExp(reservedUsers).test(name!.toLowerCase()), message);
  if (isToken(name))
    checkAtPlan(scope, [name], expression`!can(regex(${reservedUsers}, lower(${name})))`, message);
}

function checkMasterSecret(scope: Construct, props: DatabaseProps): void {
  const { createMasterSecret = true, existingMasterSecret } = props;
  checkGivenExactlyWhenNotMade(scope, "MasterSecret", createMasterSecret, existingMasterSecret);
  checkMatches(
    scope,
    "existingMasterSecret.arn",
    existingMasterSecret?.arn,
    /^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$/,
    'it takes the ARN of a secret, of at most 2048 characters, such as "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf".',
  );
  checkLength(scope, "existingMasterSecret.arn", existingMasterSecret?.arn, 2048, "Secrets Manager");
  checkKmsKeyArn(scope, "existingMasterSecret.kmsKeyArn", existingMasterSecret?.kmsKeyArn);
}

function checkReplicas(scope: Construct, props: DatabaseProps): void {
  const replicas = Object.entries(props.readReplicas ?? {});
  check(
    scope,
    replicas.length <= 15,
    `readReplicas has ${replicas.length} read replicas; a database has at most 15.`,
  );
  for (const [key, replica] of replicas) {
    check(
      scope,
      ofKey.test(key) && key.length <= 20,
      `readReplicas names "${key}"; a key has 1 to 20 lower-case letters, digits and hyphens, and does not begin or end with a hyphen or have two in a row.`,
    );
    checkMatches(scope, `readReplicas.${key}.instanceClass`, replica.instanceClass, instanceClass, aClass);
  }
  if (replicas.length === 0) return;
  const keys = replicas
    .map(([key]) => key)
    .sort()
    .join(", ");
  check(
    scope,
    !(props.createMasterSecret ?? true),
    `readReplicas has ${keys} and createMasterSecret is true; RDS creates no read replica of a PostgreSQL database whose password it manages, so set createMasterSecret to false and give existingMasterSecret.`,
  );
  const { backupRetentionDays: days = 7 } = props;
  const message = `readReplicas has ${keys} and backupRetentionDays is ${days}; RDS makes a read replica from a backup, so give 1 day or more.`;
  if (isToken(days)) checkAtPlan(scope, [days], expression`${days} > 0`, message);
  else check(scope, days > 0, message);
}

function checkParameters(scope: Construct, parameters: DatabaseProps["parameters"]): void {
  for (const [name, { applyMethod }] of Object.entries(parameters ?? {})) {
    check(
      scope,
      /^[a-z0-9_.]+$/.test(name) && name !== "rds.force_ssl",
      `parameters names "${name}"; a parameter's name has lower-case letters, digits, underscores and dots, and "rds.force_ssl" is always 1 here.`,
    );
    checkOneOf(scope, `parameters.${name}.applyMethod`, applyMethod, ["immediate", "pending-reboot"]);
  }
}

function checkInsights(scope: Construct, days: number | undefined): void {
  const message = `performanceInsightsRetentionDays is ${days}; RDS takes 7, 731 and the multiples of 31 up to 713.`;
  if (isKnown(days)) check(scope, insightsDays.includes(days!), message);
  if (isToken(days)) checkAtPlan(scope, [days], expression`contains(${insightsDays}, ${days})`, message);
}

function checkMonitoringInterval(scope: Construct, seconds: number | undefined): void {
  checkLiteral(scope, "monitoringIntervalSeconds", seconds, "decides whether a role exists");
  check(
    scope,
    seconds === undefined || monitoringSeconds.includes(seconds),
    `monitoringIntervalSeconds is ${seconds}; RDS takes ${monitoringSeconds.join(", ")}.`,
  );
}

function checkThresholds(scope: Construct, props: DatabaseProps): void {
  const { maxCpuPercent: percent } = props;
  const ofPercent = `maxCpuPercent is ${percent}; a utilization is more than 0 and at most 100 percent.`;
  if (isKnown(percent)) check(scope, percent! > 0 && percent! <= 100, ofPercent);
  if (isToken(percent))
    checkAtPlan(scope, [percent], expression`${percent} > 0 && ${percent} <= 100`, ofPercent);
  const positive = [
    "maxConnections",
    "minFreeStorageGib",
    "maxReadLatencyMs",
    "maxWriteLatencyMs",
    "maxReplicaLagSeconds",
  ] as const;
  for (const name of positive) {
    const value = props[name];
    const message = `${name} is ${value}; it must be more than 0.`;
    if (isKnown(value)) check(scope, value! > 0, message);
    if (isToken(value)) checkAtPlan(scope, [value], expression`${value} > 0`, message);
  }
}
