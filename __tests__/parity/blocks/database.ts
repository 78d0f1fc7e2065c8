import { Database, type DatabaseProps } from "../../../src/database";
import { block } from "./block";
import { everyName } from "./names";

const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const place = {
  vpcId: "vpc-0123456789abcdef0",
  subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
};

const everything: DatabaseProps = {
  ...place,
  name: "all-database",
  clientSecurityGroupIds: { worker: "sg-0123456789abcdef0", api: "sg-0123456789abcdef1" },
  engineVersion: "16",
  autoMinorVersionUpgrade: false,
  allowMajorVersionUpgrade: true,
  instanceClass: "db.m7g.2xlarge",
  allocatedStorageGib: 100,
  maxAllocatedStorageGib: 110,
  databaseName: "scanner_1",
  masterUsername: "owner_1",
  createMasterSecret: false,
  existingMasterSecret: {
    arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:database-AbCdEf",
    kmsKeyArn,
  },
  port: 6432,
  iamAuthentication: false,
  multiAz: true,
  readReplicas: { reader: {}, "report-2": { instanceClass: "db.t4g.small", multiAz: true } },
  backupRetentionDays: 35,
  backupWindow: "23:45-00:15",
  maintenanceWindow: "sun:23:00-sun:23:45",
  finalSnapshot: false,
  finalSnapshotIdentifier: "Last-1",
  deletionProtection: false,
  applyImmediately: true,
  parameters: {
    log_min_duration_statement: { value: "1000", applyMethod: "immediate" },
    "rds.logical_replication": { value: "1" },
  },
  performanceInsights: true,
  performanceInsightsRetentionDays: 93,
  monitoringIntervalSeconds: 30,
  logRetentionDays: 30,
  createProxy: true,
  maxCpuPercent: 92.5,
  maxConnections: 1000,
  minFreeStorageGib: 10,
  maxReadLatencyMs: 20,
  maxWriteLatencyMs: 12.5,
  maxReplicaLagSeconds: 60,
  kmsKeyArn,
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
    path: "/engines/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform", Name: "one name for all" },
};

export const database = block<DatabaseProps>({
  module: "database",
  construct: Database,
  settings: {
    defaults: { ...place, name: "plain-database" },
    everything,
    named: { ...everything, name: "named-database", names: everyName(Database, everything) },
    "managed-secret": { ...place, name: "managed-secret", createProxy: true, kmsKeyArn },
    odd: {
      ...place,
      name: "d-9",
      clientSecurityGroupIds: { "a b/c.d": "sg-0123456789abcdef0" },
      engineVersion: "11",
      allocatedStorageGib: 65536,
      masterUsername: "P",
      backupRetentionDays: 0,
      backupWindow: "00:00-00:30",
      maintenanceWindow: "sun:23:30-mon:00:00",
      performanceInsightsRetentionDays: 731,
      logRetentionDays: 0,
      tags: { "a/b": "c+d=e@f" },
    },
  },
});
