import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { DataScanner, type DataScannerProps } from "../systems/data-scanner";

/** Props of {@link DataScannerStack}. */
export interface DataScannerStackProps extends DataScannerProps {
  /** AWS region of all resources. */
  readonly region: string;
}

/** The data scanner as a stack, with the AWS provider and the outputs of the module. */
export class DataScannerStack extends TerraformStack {
  constructor(scope: Construct, id: string, { region, ...props }: DataScannerStackProps) {
    super(scope, id);
    new AwsProvider(this, "aws", { region });
    // The generated classes require the exact version that they were generated from, but work with all of these.
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100, < 7.0");

    const scanner = new DataScanner(this, "data-scanner", props);

    // An output that is null is not in Terraform's state, and then `cdktf deploy` and `cdktn deploy` fail after the apply.
    const output = (name: string, value: unknown) => {
      if (value !== undefined) new TerraformOutput(this, name, { value });
    };
    output("cluster_name", scanner.clusterName);
    output("vpc_id", scanner.vpcId);
    output("api_url", scanner.apiUrl);
    output("api_invoke_arns", scanner.apiInvokeArns);
    output("api_domain_target_name", scanner.apiDomainTargetName);
    output("api_domain_target_zone_id", scanner.apiDomainTargetZoneId);
    output("scan_jobs_queue_url", scanner.scanJobsQueueUrl);
    output("scan_jobs_dead_letter_queue_url", scanner.scanJobsDeadLetterQueueUrl);
    output("failed_events_queue_url", scanner.failedEventsQueueUrl);
    output("database_address", scanner.databaseAddress);
    output("database_replica_addresses", scanner.databaseReplicaAddresses);
    output("database_secret_arn", scanner.databaseSecretArn);
    output("database_instance_id", scanner.databaseInstanceId);
    output("data_bucket_name", scanner.dataBucketName);
    output("scan_bucket_names", scanner.scanBucketNames);
    output("repository_url", scanner.repositoryUrl);
    output("hash_key_arn", scanner.hashKeyArn);
    output("worker_service_name", scanner.workerServiceName);
    output("worker_log_group_name", scanner.workerLogGroupName);
    output("worker_task_role_arn", scanner.workerTaskRoleArn);
    output("function_names", scanner.functionNames);
    output("migration_result", scanner.migrationResult);
    output("bastion_commands", scanner.bastionCommands);
    output("bastion_instance_id", scanner.bastionInstanceId);
  }

  /** Skips the search for references to other stacks: there are none, and the search takes a third of the synthesis. */
  override prepareStack(): void {
    this.ensureBackendExists();
  }
}
