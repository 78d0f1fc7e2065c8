import { Token } from "cdktf";
import type { Construct } from "constructs";
import { check } from "../core/validation";

const ecrImage =
  /^([0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.]([a-z0-9-]+)[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws)\/([^:@]+)/;

/**
 * ARN of the ECR repository of an image; undefined for an image from another registry.
 *
 * @throws ValidationError when the image is a token: the repository is then unknown until Terraform resolves it.
 */
export function repositoryArnOf(scope: Construct, image: string, partition: string): string | undefined {
  check(
    scope,
    !Token.isUnresolved(image),
    "image is a token that only Terraform resolves; give repositoryArn, the ARN of the ECR repository of the image.",
  );
  const [, account, region, repository] = ecrImage.exec(image) ?? [];
  return repository && `arn:${partition}:ecr:${region}:${account}:repository/${repository}`;
}
