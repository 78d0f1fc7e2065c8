import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { expression, tokenMarker } from "../core/expression";
import { sortedValues } from "../core/maps";
import type { PolicyStatement } from "../core/policy";
import { check, checkAtPlan, isToken } from "../core/validation";
import type { TaskProps } from "./props";
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
export function pullSidecars(sidecars: readonly Image[], partition: string): PolicyStatement[] | IResolvable {
  const arns = distinctArns(sidecars, partition);
  if (!Array.isArray(arns))
    return expression`flatten([for arns in [${arns}] : ${pullFrom(expression`arns`)} if length(arns) > 0])`;
  return arns.length === 0 ? [] : pullFrom(arns);
}

type Image = Pick<Sidecar, "image" | "repositoryArn">;

/** Permissions to import images from the upstream registries of pull-through cache rules, in one statement. */
export function importUpstream(images: readonly Image[], partition: string): PolicyStatement[] | IResolvable {
  const arns = distinctArns(images, partition);
  const statement = (resources: unknown): PolicyStatement => ({
    Effect: "Allow",
    Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
    Resource: resources as string[],
  });
  return Array.isArray(arns) ? [statement(arns)] : expression`[${statement(arns)}]`;
}

/** @throws ValidationError when no image is in ECR; at plan when only Terraform knows the images. */
export function checkPullThroughCache(
  scope: Construct,
  { pullThroughCache, image, repositoryArn, sidecars }: TaskProps,
): void {
  if (!pullThroughCache) return;
  const images = [{ image, repositoryArn }, ...sortedValues(sidecars)];
  const arns = distinctArns(images, "aws");
  const message = `pullThroughCache is true, and no image is in ECR (image is "${image}"); give the image with the domain of your registry and the prefix of the rule, such as "123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1", or repositoryArn.`;
  if (Array.isArray(arns)) check(scope, arns.length > 0, message);
  else
    checkAtPlan(
      scope,
      images.map((given) => given.repositoryArn ?? given.image),
      expression`length(${arns}) > 0`,
      message,
    );
}

/** ARNs of the ECR repositories of images, each once. */
function distinctArns(images: readonly Image[], partition: string): string[] | IResolvable {
  const ofEach = images.map(({ image, repositoryArn }) => repositoryArns(image, repositoryArn, partition));
  return ofEach.some((arns) => !Array.isArray(arns)) ||
    images.some(({ repositoryArn }) => isToken(repositoryArn))
    ? expression`distinct(flatten(${ofEach}))`
    : [...new Set(ofEach.flat() as string[])];
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
