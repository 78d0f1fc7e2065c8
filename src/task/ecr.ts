import { Token } from "cdktf";
import type { Construct } from "constructs";
import { check } from "../core/validation";

const ecrImage =
  /^([0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.]([a-z0-9-]+)[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws)\/([^:@]+)/;

/**
 * ARN of the ECR repository that an image is pulled from; undefined for an image from elsewhere.
 *
 * @throws ValidationError when the image is a token, which tells no repository before Terraform resolves it.
 */
export function repositoryArnOf(scope: Construct, image: string, partition: string): string | undefined {
  check(
    scope,
    !Token.isUnresolved(image),
    "image holds a value that only Terraform will know; give repositoryArn, the ARN of the ECR repository that it is pulled from.",
  );
  const [, account, region, repository] = ecrImage.exec(image) ?? [];
  return repository && `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}
