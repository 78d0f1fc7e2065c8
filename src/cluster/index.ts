import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { checkCommonInputs } from "../core/common-inputs";
import { checkLogRetention } from "../core/log-retention";
import { withoutNulls } from "../core/props";
import { type Names, Twin } from "../core/twin";
import { typed } from "../core/typed";
import { checkMatches, checkOneOf, isToken } from "../core/validation";
import { checkCapacityProviders } from "../launcher/capacity";

/** Settings of a {@link Cluster}. */
export interface ClusterProps {
  /** Name of the cluster: 1 to 255 letters, digits, hyphens and underscores (ECS API reference: CreateCluster). */
  readonly name: string;
  /**
   * Names of the capacity providers that the cluster has beside FARGATE and FARGATE_SPOT, which are there already, such
   * as those of EC2 Auto Scaling groups: at most 18, because a cluster has at most 20 (Amazon ECS endpoints and quotas).
   * A name has 1 to 255 letters, digits, hyphens and underscores and does not begin with `aws`, `ecs` or `fargate`
   * (Amazon ECS API Reference, CreateCapacityProvider). A provider of managed instances belongs to one cluster from the
   * start, so it needs a cluster that is there before it.
   * @default - none
   */
  readonly capacityProviders?: readonly string[];
  /**
   * Metrics of CloudWatch Container Insights. `enabled`: metrics of the cluster, its ECS services and task families.
   * `enhanced`: metrics of every task and container too, at a higher price. `disabled`: none.
   * @default "enabled"
   */
  readonly containerInsights?: "enabled" | "enhanced" | "disabled";
  /**
   * Retention of the log of ECS Exec sessions, in days, or 0 without limit: a value that CloudWatch Logs takes (API
   * reference: PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts ECS Exec sessions and their log. The key policy must allow CloudWatch Logs to use
   * the key, and the task role of a task in which a session is opened needs `kms:Decrypt` on it.
   * @default - TLS for the session, and the key that CloudWatch Logs manages for the log
   */
  readonly kmsKeyArn?: string;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_ecs_cluster.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * An ECS cluster for Fargate and Fargate Spot, with Container Insights and a log of every ECS Exec session. Twin of the
 * module `cluster`.
 *
 * @example
 * import { Cluster } from "cdktf-event-driven-ecs/cluster";
 * import { TerraformOutput } from "cdktf";
 *
 * const cluster = new Cluster(this, "cluster", { name: "engines", containerInsights: "enhanced" });
 * new TerraformOutput(this, "cluster-arn", { value: cluster.clusterArn });
 *
 * @throws ValidationError when a value is one that AWS refuses.
 */
export class Cluster extends Twin {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** ARN of the cluster. */
  readonly clusterArn: string;
  /** Name of the log group that records the input and output of ECS Exec sessions. */
  readonly execLogGroupName: string;

  constructor(scope: Construct, id: string, given: ClusterProps) {
    super(scope, id);
    const props = typed(this, "cluster", withoutNulls(given));
    checkCommonInputs(this, "cluster", props);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,255}$/,
      "an ECS cluster name has 1 to 255 letters, digits, hyphens and underscores.",
    );
    checkCapacityProviders(this, "capacityProviders", props.capacityProviders);
    checkOneOf(this, "containerInsights", props.containerInsights, ["enabled", "enhanced", "disabled"]);
    checkLogRetention(this, "logRetentionDays", props.logRetentionDays);
    this.useNames(props.names);
    const { name, kmsKeyArn, tags } = props;

    const logGroup = this.twin(
      "aws_cloudwatch_log_group.exec",
      new CloudwatchLogGroup(this, "exec-log-group", {
        name: this.named("aws_cloudwatch_log_group.exec") ?? `/ecs/${name}/exec`,
        retentionInDays: props.logRetentionDays ?? 365,
        kmsKeyId: kmsKeyArn,
        tags,
      }),
    );

    const cluster = this.twin(
      "aws_ecs_cluster.this",
      new EcsCluster(this, "cluster", {
        name: this.named("aws_ecs_cluster.this") ?? name,
        tags,
        setting: [{ name: "containerInsights", value: props.containerInsights ?? "enabled" }],
        configuration: {
          executeCommandConfiguration: {
            kmsKeyId: kmsKeyArn,
            logging: "OVERRIDE",
            logConfiguration: {
              cloudWatchEncryptionEnabled: kmsKeyArn !== undefined,
              cloudWatchLogGroupName: logGroup.name,
            },
          },
        },
      }),
    );

    this.twin(
      "aws_ecs_cluster_capacity_providers.this",
      new EcsClusterCapacityProviders(this, "capacity-providers", {
        clusterName: cluster.name,
        capacityProviders: withFargate(props.capacityProviders),
        defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
      }),
    );

    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.execLogGroupName = logGroup.name;
    this.refuseUnknownNames();
  }
}

/** The capacity providers of the cluster. The given ones may be a list that only Terraform resolves. */
const withFargate = (others: readonly string[] = []): string[] => {
  const ofFargate = ["FARGATE", "FARGATE_SPOT"];
  return isToken(others) ? Token.asList(Fn.concat([ofFargate, [...others]])) : [...ofFargate, ...others];
};
