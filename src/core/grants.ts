import { Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { type PolicyStatement, policy } from "./policy";
import { Twin } from "./twin";
import { check, checkLiteral, checkMatches, checkOneOf, isKnown } from "./validation";

const bucketArn = /^arn:[^:]+:s3:::[^/:]+$/;
const aBucket = 'the ARN of an S3 bucket, such as "arn:aws:s3:::incoming"; give keys in objects';
const queueArn = /^arn:[^:]+:sqs:[^:]+:[0-9]{12}:[^:]+$/;
const aQueue = 'the ARN of an SQS queue, such as "arn:aws:sqs:eu-west-1:123456789012:jobs"';
const tableArn = /^arn:[^:]+:dynamodb:[^:]+:[0-9]{12}:table\/[^/:]+$/;
const aTable = "the ARN of a DynamoDB table";

/** What each `access` of a grant allows: actions on the resource, and on the KMS key that encrypts it. */
const grantable = {
  "read-objects": {
    arn: bucketArn,
    takes: aBucket,
    actions: ["s3:GetObject"],
    keyActions: ["kms:Decrypt"],
  },
  "put-objects": {
    arn: bucketArn,
    takes: aBucket,
    actions: ["s3:AbortMultipartUpload", "s3:PutObject"],
    // S3 decrypts the parts of a multipart upload.
    keyActions: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  "consume-messages": {
    arn: queueArn,
    takes: aQueue,
    actions: [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:GetQueueUrl",
      "sqs:ReceiveMessage",
    ],
    keyActions: ["kms:Decrypt"],
  },
  "send-messages": {
    arn: queueArn,
    takes: aQueue,
    actions: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
    keyActions: ["kms:Decrypt", "kms:GenerateDataKey"],
  },
  "read-secret": {
    arn: /^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$/,
    takes: "the ARN of a Secrets Manager secret, without a JSON key",
    actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
    keyActions: ["kms:Decrypt"],
  },
  "read-parameter": {
    arn: /^arn:[^:]+:ssm:[^:]+:[0-9]{12}:parameter\/[^:]+$/,
    takes: "the ARN of an SSM parameter",
    actions: ["ssm:GetParameter", "ssm:GetParameters"],
    keyActions: ["kms:Decrypt"],
  },
  "read-table": {
    arn: tableArn,
    takes: aTable,
    actions: [
      "dynamodb:BatchGetItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
    ],
    keyActions: ["kms:Decrypt", "kms:DescribeKey"],
  },
  "write-table": {
    arn: tableArn,
    takes: aTable,
    actions: [
      "dynamodb:BatchWriteItem",
      "dynamodb:DeleteItem",
      "dynamodb:DescribeTable",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ],
    keyActions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
  },
} as const;

/** What a grant allows. */
export type Access = keyof typeof grantable;

/** Every {@link Access}. */
export const accesses = Object.keys(grantable) as Access[];

/** Permission to use one resource of another block or stack. */
export interface Grant {
  /**
   * What is allowed: `read-objects`, `put-objects`, `consume-messages`, `send-messages`, `read-secret`,
   * `read-parameter`, `read-table` or `write-table`.
   */
  readonly access: Access;
  /** ARN of the bucket, queue, secret, parameter or table. */
  readonly arn: string;
  /**
   * Keys of the objects, for `read-objects` and `put-objects`: `*` stands for any text, as in `incoming/*`.
   * @default "*"
   */
  readonly objects?: string;
  /**
   * ARN of the KMS key that encrypts the resource; its use is allowed too.
   * @default - none: keys that AWS manages need no permission
   */
  readonly kmsKeyArn?: string;
}

/** Options of the methods that grant. */
export interface GrantOptions {
  /**
   * Key of the grant, as in the prop `grants`: the inline policy is named `grant-<key>`.
   * @default - the access and the id of the construct, or the last part of the ARN, such as `read-objects-incoming`
   */
  readonly key?: string;
  /**
   * ARN of the KMS key that encrypts the resource; its use is allowed too.
   * @default - none: keys that AWS manages need no permission
   */
  readonly kmsKeyArn?: string;
}

/** A resource to grant access to: its ARN, a construct of this library, or a resource of the AWS provider. */
export type Grantable<ArnName extends string> =
  | string
  | (IConstruct & ({ readonly arn: string } | { readonly [Name in ArnName]: string }));

/** A {@link Twin} with a role that can be granted access to resources. */
export abstract class Grantee extends Twin {
  private readonly grantKeys = new Set<string>();
  private policyNames: ReadonlySet<string> = new Set();

  /**
   * Allows the role to use a resource, as the prop `grants` does.
   *
   * @param key Key of the grant, unique in this construct: 1 to 122 letters, digits and _ + = , . @ -.
   * @throws ValidationError when the key is taken, or the ARN is not of the kind that `grant.access` takes.
   */
  grant(key: string, grant: Grant): void {
    checkGrant(this, key, grant);
    check(
      this,
      !this.grantKeys.has(key),
      `grants has two grants with the key "${key}"; give one of them another key.`,
    );
    check(
      this,
      !this.policyNames.has(`grant-${key}`),
      `grants has the key "${key}" and policies the name "grant-${key}", which is that of the grant's policy; give one of them another name.`,
    );
    this.grantKeys.add(key);
    this.addGrantPolicy(key, policy(...grantStatements(grant)));
  }

  /** Allows to read objects of a bucket, such as `incoming/*`, and to list them. */
  grantRead(bucket: Grantable<"bucketArn">, objects?: string, options?: GrantOptions): void {
    this.grantTo(bucket, "bucketArn", { access: "read-objects", objects }, options);
  }

  /** Allows to put objects into a bucket, such as `reports/*`. */
  grantPut(bucket: Grantable<"bucketArn">, objects?: string, options?: GrantOptions): void {
    this.grantTo(bucket, "bucketArn", { access: "put-objects", objects }, options);
  }

  /** Allows to receive and delete messages of a queue. */
  grantConsume(queue: Grantable<"queueArn">, options?: GrantOptions): void {
    this.grantTo(queue, "queueArn", { access: "consume-messages" }, options);
  }

  /** Allows to send messages to a queue. */
  grantSend(queue: Grantable<"queueArn">, options?: GrantOptions): void {
    this.grantTo(queue, "queueArn", { access: "send-messages" }, options);
  }

  /** Allows to read the value of a secret of Secrets Manager. */
  grantSecret(secret: Grantable<"arn">, options?: GrantOptions): void {
    this.grantTo(secret, "arn", { access: "read-secret" }, options);
  }

  /** Allows to read the value of an SSM parameter. */
  grantParameter(parameter: Grantable<"arn">, options?: GrantOptions): void {
    this.grantTo(parameter, "arn", { access: "read-parameter" }, options);
  }

  /** Allows to read the items of a DynamoDB table, also by its indexes. */
  grantTableRead(table: Grantable<"arn">, options?: GrantOptions): void {
    this.grantTo(table, "arn", { access: "read-table" }, options);
  }

  /** Allows to write and delete the items of a DynamoDB table. */
  grantTableWrite(table: Grantable<"arn">, options?: GrantOptions): void {
    this.grantTo(table, "arn", { access: "write-table" }, options);
  }

  /** Adds the inline policy of a grant to the role. */
  protected abstract addGrantPolicy(key: string, document: string): void;

  /** Adds the grants of the props, before any method. `policies` are the other inline policies that the user named. */
  protected addGrants(
    grants: Readonly<Record<string, Grant>> | undefined,
    policies: Readonly<Record<string, string>> | undefined,
  ): void {
    this.policyNames = new Set(Object.keys(policies ?? {}));
    for (const [key, grant] of Object.entries(grants ?? {})) this.grant(key, grant);
  }

  private grantTo(
    resource: string | IConstruct,
    arnName: string,
    grant: Pick<Grant, "access" | "objects">,
    { key, kmsKeyArn }: GrantOptions = {},
  ): void {
    const arn = typeof resource === "string" ? resource : arnOf(resource, arnName);
    const name = typeof resource === "string" ? nameIn(resource) : resource.node.id;
    check(
      this,
      key !== undefined || name !== undefined,
      `A grant of ${grant.access} has an ARN that only Terraform knows, so it has no default key; give key.`,
    );
    this.grant(key ?? `${grant.access}-${name!.replaceAll(/[^A-Za-z0-9_+=,.@-]/g, "-")}`, {
      ...grant,
      arn,
      kmsKeyArn,
    });
  }
}

const arnOf = (resource: IConstruct, arnName: string): string => {
  const arns = resource as unknown as Readonly<Record<string, string | undefined>>;
  return (arns[arnName] ?? arns.arn)!;
};

const nameIn = (arn: string): string | undefined =>
  Token.isUnresolved(arn) ? undefined : arn.split(/[:/]/).pop();

/** @throws ValidationError when IAM would refuse the grant, or its ARN is not of the kind that `access` takes. */
function checkGrant(scope: Construct, key: string, { access, arn, objects }: Grant): void {
  check(
    scope,
    /^[A-Za-z0-9_+=,.@-]{1,122}$/.test(key),
    `grants names "${key}"; a grant's key has 1 to 122 letters, digits and _ + = , . @ - (a policy name has 128, and "grant-" is added).`,
  );
  checkLiteral(scope, `grants.${key}.access`, access, "decides which permissions exist");
  checkOneOf(scope, `grants.${key}.access`, access, accesses);
  const { arn: pattern, takes } = grantable[access];
  checkMatches(scope, `grants.${key}.arn`, arn, pattern, `${access} takes ${takes}.`);
  check(
    scope,
    objects === undefined || access === "read-objects" || access === "put-objects",
    `grants.${key}.objects is "${objects}" with access "${access}"; only read-objects and put-objects take objects.`,
  );
  check(
    scope,
    !isKnown(objects) || objects !== "",
    `grants.${key}.objects is ""; it takes keys of objects, such as "incoming/*", or "*" for all.`,
  );
}

const grantStatements = ({ access, arn, objects = "*", kmsKeyArn }: Grant): PolicyStatement[] => {
  const { actions, keyActions } = grantable[access];
  const allow = (Action: readonly string[], ...Resource: string[]): PolicyStatement => ({
    Effect: "Allow",
    Action,
    Resource,
  });
  const inBucket = access === "read-objects" || access === "put-objects";
  return [
    inBucket
      ? allow(actions, `${arn}/${objects}`)
      : allow(actions, arn, ...(access === "read-table" ? [`${arn}/index/*`] : [])),
    // Without ListBucket S3 answers 403 instead of 404 for a key that does not exist.
    ...(access === "read-objects"
      ? [
          {
            ...allow(["s3:ListBucket"], arn),
            ...(objects !== "*" && { Condition: { StringLike: { "s3:prefix": objects } } }),
          },
        ]
      : []),
    ...(kmsKeyArn === undefined ? [] : [allow(keyActions, kmsKeyArn)]),
  ];
};
