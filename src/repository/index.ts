import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrReplicationConfiguration } from "@cdktf/provider-aws/lib/ecr-replication-configuration";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { EcrRepositoryPolicy } from "@cdktf/provider-aws/lib/ecr-repository-policy";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { json } from "../core/json";
import { withoutNulls } from "../core/props";
import { type Names, Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkInteger, checkLiteral, checkMatches } from "../core/validation";

/** Props of {@link Repository}. */
export interface RepositoryProps {
  /**
   * Name of the repository: 2 to 256 lower-case letters, digits and the separators `.`, `_`, `-` and `/`, each between
   * letters or digits (Amazon ECR API Reference: CreateRepository).
   */
  readonly name: string;
  /**
   * Whether a push can move a tag to another image. If false, what a task definition names stays what it is.
   * @default false
   */
  readonly mutableTags?: boolean;
  /**
   * Days after its push at which an image without a tag expires, at least 1 (Amazon ECR User Guide: lifecycle policy
   * parameters).
   * @default 14
   */
  readonly untaggedExpirationDays?: number;
  /**
   * How many images are kept, at least 1 (Amazon ECR User Guide: lifecycle policy parameters): the ones that were pushed
   * last. A task that names an older one no longer starts.
   * @default 100
   */
  readonly keepImages?: number;
  /**
   * IDs of other AWS accounts that have permission to pull images. What in such an account pulls needs the permission of
   * its own account too.
   * @default - none
   */
  readonly pullAccountIds?: readonly string[];
  /**
   * Other regions that images are replicated to when they are pushed. A registry, which is an account in a region, has one
   * replication configuration: give this to one repository only, and not where something else manages that configuration,
   * which would be overwritten. ECR replicates by prefix, so repositories whose names begin with this one's are
   * replicated too.
   * @default - none
   */
  readonly replicateToRegions?: readonly string[];
  /**
   * Whether destroying the repository also deletes the images in it. If false, a repository that is not empty cannot be
   * destroyed.
   * @default false
   */
  readonly forceDelete?: boolean;
  /**
   * ARN of the KMS key that encrypts the images. ECR cannot change it, so another key replaces the repository.
   * @default - the key that S3 manages (AES-256)
   */
  readonly kmsKeyArn?: string;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_ecr_repository.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * An ECR repository for the images of tasks: tags are immutable, images are scanned when they are pushed, untagged images
 * expire, and the last images are kept. Twin of the module `repository`.
 *
 * @example
 * import { Repository } from "cdktf-event-driven-ecs/repository";
 *
 * new Repository(this, "worker", { name: "engines/worker", pullAccountIds: ["111122223333"] });
 *
 * @throws ValidationError when a value is one that ECR refuses.
 */
export class Repository extends Twin {
  /** ARN of the repository. */
  readonly repositoryArn: string;
  /** Name of the repository. */
  readonly repositoryName: string;
  /** URL of the repository, to which `:<tag>` or `@<digest>` is added for an image. */
  readonly repositoryUrl: string;

  constructor(scope: Construct, id: string, given: RepositoryProps) {
    super(scope, id);
    const props = typed(this, "repository", withoutNulls(given));
    checkCommonInputs(this, "repository", props);
    checkProps(this, props);
    this.useNames(props.names);

    const repository = this.twin(
      "aws_ecr_repository.this",
      new EcrRepository(this, "repository", {
        name: this.named("aws_ecr_repository.this") ?? props.name,
        imageTagMutability: props.mutableTags ? "MUTABLE" : "IMMUTABLE",
        forceDelete: props.forceDelete ?? false,
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfiguration: [
          { encryptionType: props.kmsKeyArn === undefined ? "AES256" : "KMS", kmsKey: props.kmsKeyArn },
        ],
        tags: props.tags,
      }),
    );

    this.twin(
      "aws_ecr_lifecycle_policy.this",
      new EcrLifecyclePolicy(this, "lifecycle-policy", {
        repository: repository.name,
        policy: json({
          rules: [
            {
              rulePriority: 1,
              description: "Images without a tag expire.",
              selection: {
                tagStatus: "untagged",
                countType: "sinceImagePushed",
                countUnit: "days",
                countNumber: props.untaggedExpirationDays ?? 14,
              },
              action: { type: "expire" },
            },
            {
              rulePriority: 2,
              description: "Only the last images are kept.",
              selection: {
                tagStatus: "any",
                countType: "imageCountMoreThan",
                countNumber: props.keepImages ?? 100,
              },
              action: { type: "expire" },
            },
          ],
        }),
      }),
    );

    const { pullAccountIds = [], replicateToRegions = [] } = props;
    if (pullAccountIds.length > 0) {
      const { partition } = accountOf(this);
      this.twin(
        'aws_ecr_repository_policy.this["pull"]',
        new EcrRepositoryPolicy(this, "policy", {
          repository: repository.name,
          policy: json({
            Version: "2012-10-17",
            Statement: [
              {
                Sid: "PullFromOtherAccounts",
                Effect: "Allow",
                Principal: { AWS: pullAccountIds.map((id) => `arn:${partition}:iam::${id}:root`) },
                Action: [
                  "ecr:BatchCheckLayerAvailability",
                  "ecr:BatchGetImage",
                  "ecr:GetDownloadUrlForLayer",
                ],
              },
            ],
          }),
        }),
      );
    }
    if (replicateToRegions.length > 0) {
      // One for the whole registry: the provider overwrites what another configuration has.
      this.twin(
        'aws_ecr_replication_configuration.this["registry"]',
        new EcrReplicationConfiguration(this, "replication", {
          replicationConfiguration: {
            rule: [
              {
                destination: replicateToRegions.map((region) => ({
                  region,
                  registryId: repository.registryId,
                })),
                repositoryFilter: [{ filter: repository.name, filterType: "PREFIX_MATCH" }],
              },
            ],
          },
        }),
      );
    }

    this.refuseUnknownNames();
    this.repositoryArn = repository.arn;
    this.repositoryName = repository.name;
    this.repositoryUrl = repository.repositoryUrl;
  }
}

const fromOne = "it takes whole numbers from 1.";

function checkProps(scope: Construct, props: RepositoryProps): void {
  const { pullAccountIds, replicateToRegions } = props;
  const allowed =
    "a repository's name has 2 to 256 lower-case letters, digits and the separators . _ - and /, each between letters or digits.";
  for (const pattern of [/^.{2,256}$/, /^([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/])
    checkMatches(scope, "name", props.name, pattern, allowed);
  checkInteger(
    scope,
    "untaggedExpirationDays",
    props.untaggedExpirationDays,
    [1, Number.POSITIVE_INFINITY],
    fromOne,
  );
  checkInteger(scope, "keepImages", props.keepImages, [1, Number.POSITIVE_INFINITY], fromOne);
  checkLiteral(scope, "pullAccountIds", pullAccountIds, "decides which resources exist");
  checkLiteral(scope, "replicateToRegions", replicateToRegions, "decides which resources exist");
  for (const id of pullAccountIds ?? [])
    checkMatches(scope, "pullAccountIds", id, /^[0-9]{12}$/, "the ID of an AWS account has 12 digits.");
  check(
    scope,
    (replicateToRegions ?? []).length <= 25,
    `replicateToRegions has ${replicateToRegions?.length} regions; the AWS provider takes at most 25.`,
  );
  for (const region of replicateToRegions ?? [])
    checkMatches(
      scope,
      "replicateToRegions",
      region,
      /^[0-9a-z-]{2,25}$/,
      'a region is named like "eu-west-1".',
    );
}
