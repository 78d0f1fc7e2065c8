import type { IResolvable } from "cdktf";
import { expression, tokenMarker } from "../core/expression";
import type { PolicyStatement } from "../core/policy";
import { isToken } from "../core/validation";
import type { Sidecar } from "./sidecar";

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
  const arns = repositoryArns(image, repositoryArn, partition);
  return !Array.isArray(arns)
    ? expression`flatten([for arn in ${arns} : ${pullFrom(expression`arn`)}])`
    : arns.flatMap(pullFrom);
}

/** Permissions to pull the images of sidecars from their ECR repositories, in one statement. */
export function pullSidecars(
  sidecars: readonly Pick<Sidecar, "image" | "repositoryArn">[],
  partition: string,
): PolicyStatement[] | IResolvable {
  const ofEach = sidecars.map(({ image, repositoryArn }) => repositoryArns(image, repositoryArn, partition));
  if (
    ofEach.some((arns) => !Array.isArray(arns)) ||
    sidecars.some((sidecar) => isToken(sidecar.repositoryArn))
  ) {
    const arns = expression`distinct(flatten(${ofEach}))`;
    return expression`flatten([for arns in [${arns}] : ${pullFrom(expression`arns`)} if length(arns) > 0])`;
  }
  const arns = [...new Set(ofEach.flat() as string[])];
  return arns.length === 0 ? [] : pullFrom(arns);
}

/** ARN of the ECR repository of an image, in a list; an empty list for an image from another registry. */
function repositoryArns(
  image: string,
  repositoryArn: string | undefined,
  partition: string,
): string[] | IResolvable {
  if (repositoryArn !== undefined) return [repositoryArn];
  const [beforeToken = ""] = image.split(tokenMarker);
  const [found, account, region, repository] = ecrImage.exec(beforeToken) ?? [];
  if (found === beforeToken && isToken(image)) return arnsFromNamed(image, partition);
  if (found !== undefined) return [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`];
  return isToken(image) ? arnsFromNamed(image, partition) : [];
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

const arnsFromNamed = (image: string, partition: string): IResolvable => {
  const arn = expression`"arn:\${${partition}}:ecr:\${image[1]}:\${image[0]}:repository/\${image[2]}"`;
  const pattern = ecrImage.source.replaceAll("\\/", "/");
  return expression`[for image in regexall(${pattern}, ${image}) : ${arn}]`;
};
