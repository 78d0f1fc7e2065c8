import { Fn, type TerraformResourceLifecycle } from "cdktf";
import type { Construct } from "constructs";
import { accountOf, regionOfProvider } from "../core/account";
import { expression } from "../core/expression";
import { asWritten } from "../core/prop-paths";
import { checkKeys } from "../core/typed";
import { checkNamedOnlyOnce } from "../core/unique-ids";
import {
  check,
  checkAtPlan,
  checkGivenExactlyWhenNotMade,
  checkInteger,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";
import { checkCidr } from "../network/check-cidr";
import type { LoadBalancerProps } from "./props";

const nameRule =
  'a load balancer\'s name here has 1 to 28 lower-case letters, digits and hyphens, starts with a letter, does not end with a hyphen and does not start with "internal-".';

/** @throws ValidationError when AWS would refuse a value, or two values contradict each other. */
export function checkLoadBalancer(scope: Construct, props: LoadBalancerProps): void {
  checkMatches(scope, "name", props.name, /^[a-z]([a-z0-9-]{0,26}[a-z0-9])?$/, nameRule);
  if (isToken(props.name))
    checkAtPlan(
      scope,
      [props.name],
      expression`!startswith(${props.name}, "internal-")`,
      `name is "${props.name}"; ${nameRule}`,
    );
  else check(scope, !props.name.startsWith("internal-"), `name is "${props.name}"; ${nameRule}`);
  const { createLoadBalancer = true, subnetIds = [] } = props;
  check(
    scope,
    !createLoadBalancer || !isKnown(subnetIds) || subnetIds.length >= 2,
    `subnetIds has ${subnetIds.length} subnets; an application load balancer needs two or more, in different zones.`,
  );
  checkNamedOnlyOnce(scope, "subnetIds", subnetIds);
  checkLiteral(scope, "protocol", props.protocol, "decides which listeners exist");
  checkOneOf(scope, "protocol", props.protocol, ["HTTPS", "HTTP"]);
  checkMatches(
    scope,
    "sslPolicy",
    props.sslPolicy,
    /^ELBSecurityPolicy-/,
    'it takes the name of a security policy of Elastic Load Balancing, which starts with "ELBSecurityPolicy-".',
  );
  checkKeys(scope, "ingress", props.ingress);
  for (const [name, cidr] of Object.entries(props.ingress)) checkCidr(scope, `ingress.${name}`, cidr);
  checkRange(scope, "idleTimeoutSeconds", props.idleTimeoutSeconds, 1, 4000, "Elastic Load Balancing");
  checkInteger(
    scope,
    "accessLogRetentionDays",
    props.accessLogRetentionDays,
    [1, Number.POSITIVE_INFINITY],
    "it takes whole numbers from 1.",
  );
  checkExistingResources(scope, props);
  checkCertificate(scope, props);
}

function checkExistingResources(scope: Construct, props: LoadBalancerProps): void {
  const { createLoadBalancer = true, createListener = true, createAccessLogBucket = true } = props;
  checkGivenExactlyWhenNotMade(scope, "LoadBalancer", createLoadBalancer, props.existingLoadBalancer);
  checkGivenExactlyWhenNotMade(scope, "Listener", createListener, props.existingListener);
  if (createLoadBalancer)
    checkGivenExactlyWhenNotMade(
      scope,
      "AccessLogBucket",
      createAccessLogBucket,
      props.existingAccessLogBucket,
    );
  if (createListener) return;
  check(
    scope,
    !createLoadBalancer,
    "createListener is false and createLoadBalancer is true; an existing listener belongs to an existing load balancer, so give existingLoadBalancer too.",
  );
  check(
    scope,
    Object.keys(props.ingress).length === 0,
    `createListener is false and ingress has ${Object.keys(props.ingress).join(", ")}; the existing listener's security group decides who reaches it, so ingress must be {}.`,
  );
}

const certificate =
  /^arn:[^:]+:(acm:([a-z0-9-]+):[0-9]{12}:certificate\/|iam::[0-9]{12}:server-certificate\/).+$/;

function checkCertificate(scope: Construct, props: LoadBalancerProps): void {
  const { protocol = "HTTPS", certificateArn, createListener = true } = props;
  check(
    scope,
    !createListener || (protocol === "HTTPS") === (certificateArn !== undefined),
    `protocol is "${protocol}" and certificateArn is ${certificateArn === undefined ? "absent" : "given"}; give certificateArn exactly when protocol is "HTTPS".`,
  );
  checkMatches(
    scope,
    "certificateArn",
    certificateArn,
    certificate,
    "it takes the ARN of a certificate in ACM or IAM.",
  );
  if (!isKnown(certificateArn)) return;
  const region = regionOfProvider(scope);
  const regionOfCertificate = certificate.exec(certificateArn!)![2];
  check(
    scope,
    region === undefined || regionOfCertificate === undefined || regionOfCertificate === region,
    `certificateArn is "${certificateArn}"; a load balancer in ${region} accepts only certificates of ${region}.`,
  );
}

/** The same check as a precondition, for regions and certificates that only Terraform will know. */
export function certificateOfRegion(scope: Construct, certificateArn: string): TerraformResourceLifecycle {
  const { region } = accountOf(scope);
  const regionOfCertificate = Fn.element(Fn.split(":", certificateArn), 3);
  return {
    precondition: [
      {
        condition: Fn.contains(["", region], regionOfCertificate),
        errorMessage: asWritten(
          scope,
          `certificateArn is "${certificateArn}"; a load balancer in ${region} accepts only certificates of ${region}.`,
        ),
      },
    ],
  };
}
