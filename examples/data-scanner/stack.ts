import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { DataScanner, type DataScannerProps } from "../../src/systems/data-scanner";

type Settings = Partial<DataScannerProps>;

/** One of everything, about 60 USD a month. */
const dev: Settings = {
  environment: "dev",
  workers: { min: 0, max: 5, messagesPerTask: 5 },
  createBastion: true,
};

/** Nothing that one zone can take down. */
const production: Settings = {
  environment: "production",
  // 1,000 scans a day. For 10,000: max 100, db.m5.xlarge, allocatedStorageGib 400, maxConnections 1200 and more replicas.
  workers: { min: 0, max: 20, messagesPerTask: 20 },
  capacity: "FARGATE_SPOT",
  database: {
    instanceClass: "db.m5.large",
    multiAz: true,
    allocatedStorageGib: 100,
    maxAllocatedStorageGib: 1000,
    performanceInsights: true,
    maxConnections: 600,
    // For read replicas RDS takes no password of its own: make this secret first.
    createMasterSecret: false,
    existingMasterSecret: {
      arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:scanner-database-AbCdEf",
    },
    readReplicas: { reports: { instanceClass: "db.t3.medium" } },
  },
  dataBucket: { transitions: { INTELLIGENT_TIERING: 0 } },
  // Each invocation has a connection to the database.
  reservedConcurrency: { scan: 20, listObjects: 10, jobs: 50, results: 50 },
  logRetentionDays: 365,
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
};

const isProduction = process.env.ENVIRONMENT === "production";

const app = new App();
const stack = new TerraformStack(app, "data-scanner");
new AwsProvider(stack, "aws", { region: "us-east-1" });

const scanner = new DataScanner(stack, "scanner", {
  name: "aws-data-scanner",
  network: {
    cidrBlock: "10.0.0.0/16",
    availabilityZones: ["us-east-1a", "us-east-1b"],
    publicSubnetCidrs: { "us-east-1a": "10.0.1.0/24", "us-east-1b": "10.0.2.0/24" },
    privateSubnetCidrs: { "us-east-1a": "10.0.10.0/24", "us-east-1b": "10.0.11.0/24" },
    nat: isProduction ? "per_az" : "single",
  },
  // Placeholder for the image that is pushed to the created repository.
  image: "ghcr.io/acme/scanner-worker:1.0.0",
  createRepository: true,
  ...(isProduction ? production : dev),
});
new TerraformOutput(stack, "api_url", { value: scanner.apiUrl });
new TerraformOutput(stack, "data_bucket_name", { value: scanner.dataBucketName });
new TerraformOutput(stack, "repository_url", { value: scanner.repositoryUrl });
new TerraformOutput(stack, "bastion_commands", { value: scanner.bastionCommands });

app.synth();
