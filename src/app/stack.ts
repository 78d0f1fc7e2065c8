import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { EventDrivenEcs, type EventDrivenEcsProps } from "../event-driven-ecs";
import { hclName } from "./hcl-name";

/** Props of {@link EventDrivenEcsStack}. */
export interface EventDrivenEcsStackProps extends EventDrivenEcsProps {
  /** AWS region of all resources. */
  readonly region: string;
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A launch route with the member names of the module's output. */
const withHclNames = (route: object): object =>
  Object.fromEntries(
    Object.entries(route).map(([name, value]) => [
      hclName(name),
      isObject(value) ? withHclNames(value) : value,
    ]),
  );

/** The unified layout as a stack, with the AWS provider and the outputs of the module. */
export class EventDrivenEcsStack extends TerraformStack {
  constructor(scope: Construct, id: string, { region, ...props }: EventDrivenEcsStackProps) {
    super(scope, id);
    new AwsProvider(this, "aws", { region });
    // The generated classes require the exact version that they were generated from, but work with all of these.
    this.addOverride("terraform.required_providers.aws.version", ">= 5.100, < 7.0");

    const layout = new EventDrivenEcs(this, "event-driven-ecs", props);

    // An output that is null is not in Terraform's state, and then `cdktf deploy` and `cdktn deploy` fail after the apply.
    const output = (name: string, value: unknown) => {
      if (value !== undefined) new TerraformOutput(this, name, { value });
    };
    output("cluster_name", layout.clusterName);
    output("cluster_arn", layout.clusterArn);
    output("vpc_id", layout.vpcId);
    output("subnet_ids", layout.subnetIds);
    output("load_balancer_arn", layout.loadBalancerArn);
    output("load_balancer_dns_name", layout.loadBalancerDnsName);
    output("load_balancer_zone_id", layout.loadBalancerZoneId);
    output("file_system_id", layout.fileSystemId);
    output("function_name", layout.functionName);
    output("function_arn", layout.functionArn);
    output("registrar_function_name", layout.registrarFunctionName);
    output("registrar_dead_letter_queue_url", layout.registrarDeadLetterQueueUrl);
    output("run_history_log_group_name", layout.runHistoryLogGroupName);
    output("dead_letter_queue_url", layout.deadLetterQueueUrl);
    output("dead_letter_queue_arn", layout.deadLetterQueueArn);
    output("payload_bucket_name", layout.payloadBucketName);
    output(
      "routes",
      Object.fromEntries(Object.entries(layout.routes).map(([name, route]) => [name, withHclNames(route)])),
    );
    output("execution_policy_json", layout.executionPolicyJson);
    output("task_policy_json", layout.taskPolicyJson);
    output("event_rule_arns", layout.eventRuleArns);
  }

  /** Skips the search for references to other stacks: the app has none, and the search takes a third of the synthesis. */
  override prepareStack(): void {
    this.ensureBackendExists();
  }
}
