import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { Fn, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";

/** Where a stack is deployed to, as tokens. */
export interface Account {
  readonly accountId: string;
  readonly partition: string;
  readonly region: string;
}

const accounts = new WeakMap<TerraformStack, Account>();

/** The account and region of the stack: three data sources, however many constructs ask. */
export function accountOf(scope: Construct): Account {
  const stack = TerraformStack.of(scope);
  const known = accounts.get(stack);
  if (known) return known;
  // Ids that a stack is not likely to have for something of its own.
  const { endpoint } = new DataAwsRegion(stack, "event-driven-ecs-region");
  const account = {
    accountId: new DataAwsCallerIdentity(stack, "event-driven-ecs-account").accountId,
    partition: new DataAwsPartition(stack, "event-driven-ecs-partition").partition,
    // The endpoint is ec2.<region>.<suffix>: assumed for provider 6, which deprecates `name` and `id`. Provider 5 has no `region`.
    region: Token.asString(Fn.element(Fn.split(".", endpoint), 1)),
  };
  accounts.set(stack, account);
  return account;
}
