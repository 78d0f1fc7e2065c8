import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Fn, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";

/** The account, partition and region of a stack, as tokens. */
export interface Account {
  /** ID of the AWS account. */
  readonly accountId: string;
  /** AWS partition, for instance `aws`. */
  readonly partition: string;
  /** AWS region, for instance `eu-west-1`. */
  readonly region: string;
  /** Region and suffix of the domain names of AWS services, for instance `eu-west-1.amazonaws.com`. */
  readonly regionalDomain: string;
}

const accounts = new WeakMap<TerraformStack, Account>();

/** The account of the stack of `scope`. All constructs of a stack share its three data sources. */
export function accountOf(scope: Construct): Account {
  const stack = TerraformStack.of(scope);
  const known = accounts.get(stack);
  if (known) return known;
  // Ids that are unlikely to collide with other ids in the stack.
  const { endpoint } = new DataAwsRegion(stack, "event-driven-ecs-region");
  const account = {
    accountId: new DataAwsCallerIdentity(stack, "event-driven-ecs-account").accountId,
    partition: new DataAwsPartition(stack, "event-driven-ecs-partition").partition,
    // The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
    region: Token.asString(Fn.element(Fn.split(".", endpoint), 1)),
    regionalDomain: Token.asString(Fn.trimprefix(endpoint, "ec2.")),
  };
  accounts.set(stack, account);
  return account;
}

/** The region of the stack's AWS provider, or undefined when only Terraform will know it. */
export function regionOfProvider(scope: Construct): string | undefined {
  const region = TerraformStack.of(scope)
    .allProviders()
    .filter(({ terraformResourceType, alias }) => terraformResourceType === "aws" && alias === undefined)
    .map((provider) => (provider as AwsProvider).region)[0];
  return Token.isUnresolved(region) ? undefined : region;
}
