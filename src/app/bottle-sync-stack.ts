import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BottleSync, type BottleSyncProps } from "../systems/bottle-sync";

/** Props of {@link BottleSyncStack}. */
export interface BottleSyncStackProps extends BottleSyncProps {
  /** AWS region of all resources. */
  readonly region: string;
}

/** The bottle sync as a stack, with the AWS provider and the outputs of the module. */
export class BottleSyncStack extends TerraformStack {
  constructor(scope: Construct, id: string, { region, ...props }: BottleSyncStackProps) {
    super(scope, id);
    new AwsProvider(this, "aws", { region });
    // The generated classes require the exact version that they were generated from, but work with all of these.
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100, < 7.0");

    const sync = new BottleSync(this, "bottle-sync", props);

    // An output that is null is not in Terraform's state, and then `cdktf deploy` and `cdktn deploy` fail after the apply.
    const output = (name: string, value: unknown) => {
      if (value !== undefined) new TerraformOutput(this, name, { value });
    };
    output("cluster_name", sync.clusterName);
    output("vpc_id", sync.vpcId);
    output("mirror_bucket_name", sync.mirrorBucketName);
    output("mirror_bucket_arn", sync.mirrorBucketArn);
    output("client_environment", sync.clientEnvironment);
    output("plan_function_name", sync.planFunctionName);
    output("sync_function_name", sync.syncFunctionName);
    output("launch_function_name", sync.launchFunctionName);
    output("task_role_arn", sync.taskRoleArn);
    output("log_group_name", sync.logGroupName);
    output("webhook_secret_name", sync.webhookSecretName);
    output("run_history_log_group_name", sync.runHistoryLogGroupName);
    output("dead_letter_queue_url", sync.deadLetterQueueUrl);
    output("failed_events_queue_url", sync.failedEventsQueueUrl);
    output("payload_bucket_name", sync.payloadBucketName);
    output("file_system_id", sync.fileSystemId);
    output("repository_url", sync.repositoryUrl);
  }

  /** Skips the search for references to other stacks: there are none, and the search takes a third of the synthesis. */
  override prepareStack(): void {
    this.ensureBackendExists();
  }
}
