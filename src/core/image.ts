import type { Construct } from "constructs";
import { expression } from "./expression";
import { check, checkAtPlan, checkMatches, isKnown } from "./validation";

const domainName = "([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])";
const domain = `(${domainName}([.]${domainName})*|\\[[0-9a-fA-F:]+\\])(:[0-9]+)?`;
const path = "[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*";
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*([+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";

/**
 * The grammar of an image reference, `[registry/]repository[:tag][@digest]` (OCI Distribution Specification, and the grammar
 * of the library `distribution/reference`, which container runtimes use). Modules have a copy.
 */
export const imageReference = new RegExp(`^(${domain}/)?${path}(/${path})*(:${tag})?(@${digest})?$`);

/** @throws ValidationError when `image` is no image reference, or is longer than ECS accepts. */
export function checkImage(scope: Construct, prop: string, image: string): void {
  checkMatches(
    scope,
    prop,
    image,
    imageReference,
    'it takes [registry/]repository[:tag][@digest], with lower-case letters, digits and . _ - in the repository, such as "ghcr.io/acme/auth-api:1.4.2".',
  );
  // The limit is for what is before the `@` of a digest (model of the ECS client, ContainerDefinition).
  if (isKnown(image)) {
    const { length } = image.split("@")[0]!;
    check(scope, length <= 255, `${prop} has ${length} characters before a digest; ECS takes at most 255.`);
  } else {
    checkAtPlan(
      scope,
      [image],
      expression`length(split("@", ${image})[0]) <= 255`,
      `${prop} has more than 255 characters before a digest; ECS takes at most 255.`,
    );
  }
}
