import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { PolicyRunner, type PolicyRunnerProps } from "../systems/policy-runner";

/** Props of {@link PolicyRunnerStack}. */
export interface PolicyRunnerStackProps extends PolicyRunnerProps {
  /** AWS region of all resources. */
  readonly region: string;
}

/** The policy runner as a stack, with the AWS provider and the outputs of the module. */
export class PolicyRunnerStack extends TerraformStack {
  constructor(scope: Construct, id: string, { region, ...props }: PolicyRunnerStackProps) {
    super(scope, id);
    new AwsProvider(this, "aws", { region });
    // The generated classes require the exact version that they were generated from, but work with all of these.
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100, < 7.0");

    const runner = new PolicyRunner(this, "policy-runner", props);

    // An output that is null is not in Terraform's state, and then `cdktf deploy` and `cdktn deploy` fail after the apply.
    const output = (name: string, value: unknown) => {
      if (value !== undefined) new TerraformOutput(this, name, { value });
    };
    output("cluster_name", runner.clusterName);
    output("vpc_id", runner.vpcId);
    output("function_name", runner.functionName);
    output("function_arn", runner.functionArn);
    output("policy_bucket_name", runner.policyBucketName);
    output("output_bucket_name", runner.outputBucketName);
    output("repository_url", runner.repositoryUrl);
    output("task_role_arn", runner.taskRoleArn);
    output("log_group_name", runner.logGroupName);
    output("run_history_log_group_name", runner.runHistoryLogGroupName);
    output("dead_letter_queue_url", runner.deadLetterQueueUrl);
    output("payload_bucket_name", runner.payloadBucketName);
    output("event_rule_arns", runner.eventRuleArns);
    output("run_queue_url", runner.runQueueUrl);
    output("worker_service_name", runner.workerServiceName);
  }

  /** Skips the search for references to other stacks: there are none, and the search takes a third of the synthesis. */
  override prepareStack(): void {
    this.ensureBackendExists();
  }
}
