import type { IResolvable } from "cdktf";
import { expression, tokenMarker } from "../core/expression";
import type { PolicyStatement } from "../core/policy";
import { isToken } from "../core/validation";

const ecrImage =
  /^([0-9]{12})[.]dkr[.-]ecr(?:-fips)?[.]([a-z0-9-]+)[.](?:amazonaws[.]com(?:[.]cn)?|on[.]aws)\/([^:@]+)/;

/**
 * Permissions to pull an image from its ECR repository; none for an image from another registry. Terraform finds the
 * repository if a token hides it.
 */
export function pullImage(
  image: string,
  repositoryArn: string | undefined,
  partition: string,
): PolicyStatement[] | IResolvable {
  if (repositoryArn !== undefined) return pullFrom(repositoryArn);
  const [beforeToken = ""] = image.split(tokenMarker);
  const [found, account, region, repository] = ecrImage.exec(beforeToken) ?? [];
  if (found === beforeToken && isToken(image)) return pullFromNamed(image, partition);
  if (found !== undefined)
    return pullFrom(`arn:${partition}:ecr:${region}:${account}:repository/${repository}`);
  return isToken(image) ? pullFromNamed(image, partition) : [];
}

const pullFrom = (repositoryArn: unknown): PolicyStatement[] => [
  {
    Effect: "Allow",
    Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    Resource: repositoryArn as string,
  },
  // GetAuthorizationToken has no resource-level permissions.
  { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
];

const pullFromNamed = (image: string, partition: string): IResolvable => {
  const arn = expression`"arn:\${${partition}}:ecr:\${image[1]}:\${image[0]}:repository/\${image[2]}"`;
  const pattern = ecrImage.source.replaceAll("\\/", "/");
  return expression`flatten([for image in regexall(${pattern}, ${image}) : ${pullFrom(arn)}])`;
};
