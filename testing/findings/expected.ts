import type { IgnoredReason, Resource, Severity } from "../../handlers/shared/findings/finding";

type Expected =
  | { ignored: IgnoredReason }
  | { severity?: Severity; controlId?: string; resources: readonly Resource[] }[];

const owner = "123456789012";
const member = "111122223333";

const resource = (
  type: string,
  id: string,
  { account = owner, region = "eu-west-1", ...more }: Partial<Resource> = {},
): Resource => ({ type, id, account, region, ...more });

const bucket = (name: string, where: Partial<Resource> = {}): Resource =>
  resource("AWS::S3::Bucket", name, { arn: `arn:aws:s3:::${name}`, ...where });
const exportsBucket = bucket("customer-exports");
const importsBucket = bucket("customer-imports");
const inMember = { account: member };
const instance = resource("AWS::EC2::Instance", "i-0a1b2c3d4e5f60718");
const arnInMember = (service: string, rest: string, region = "eu-west-1"): Partial<Resource> => ({
  ...inMember,
  region,
  arn: `arn:aws:${service}:${region}:${member}:${rest}`,
});
const securityGroup = (id: string): Resource =>
  resource("AWS::EC2::SecurityGroup", id, { arn: `arn:aws:ec2:eu-west-1:${owner}:security-group/${id}` });
const global = { region: "us-east-1" };

/** What each event is read as. */
export const expected: { readonly [fixture: string]: Expected } = {
  "access-analyzer-archived": { ignored: "archived" },
  "access-analyzer-bucket": [{ resources: [exportsBucket] }],
  "access-analyzer-deleted": { ignored: "deleted" },
  "access-analyzer-error": { ignored: "not_analyzed" },
  "access-analyzer-resolved": { ignored: "resolved" },
  "access-analyzer-role": [
    {
      resources: [resource("AWS::IAM::Role", "deploy", { arn: `arn:aws:iam::${owner}:role/service/deploy` })],
    },
  ],

  // The record lists the role of the other account.
  "cloudtrail-assume-role": [
    {
      resources: [
        resource("AWS::IAM::Role", "deploy", {
          ...inMember,
          arn: `arn:aws:iam::${member}:role/service/deploy`,
        }),
      ],
    },
  ],
  "cloudtrail-attach-role-policy": [{ resources: [resource("AWS::IAM::Role", "deploy", global)] }],
  "cloudtrail-authorize-ingress": [
    { resources: [resource("AWS::EC2::SecurityGroup", "sg-0a1b2c3d4e5f60718")] },
  ],
  "cloudtrail-create-bucket": [{ resources: [exportsBucket] }],
  // The cluster in its parameters is not what was created.
  "cloudtrail-create-database": [{ resources: [resource("AWS::RDS::DBInstance", "orders")] }],
  "cloudtrail-create-user": [{ resources: [resource("AWS::IAM::User", "build-agent", global)] }],
  "cloudtrail-failed-call": { ignored: "failed_call" },
  "cloudtrail-manual-test": [
    { resources: [resource("AWS::S3::Bucket", "test-security-bucket-123", global)] },
  ],
  "cloudtrail-metadata-options": [{ resources: [instance] }],
  "cloudtrail-modify-rules": [{ resources: [resource("AWS::EC2::SecurityGroup", "sg-0a1b2c3d4e5f60718")] }],
  // The parameters name the bucket, the list says whose it is.
  "cloudtrail-other-accounts-bucket": [{ resources: [bucket("partner-exports", inMember)] }],
  "cloudtrail-own-access-key": [{ resources: [resource("AWS::IAM::User", "build-agent", global)] }],
  "cloudtrail-own-call": { ignored: "own_call" },
  "cloudtrail-run-instances": [
    { resources: [instance, resource("AWS::EC2::Instance", "i-0f1e2d3c4b5a69788")] },
  ],
  "cloudtrail-start-instances": [{ resources: [instance] }],
  "cloudtrail-unknown-call": [{ resources: [] }],

  "config-account": [{ resources: [resource("AWS::::Account", owner)] }],
  "config-bucket": [{ resources: [resource("AWS::S3::Bucket", "customer-exports")] }],
  "config-compliant": { ignored: "passed" },
  // AWS Config knows users and databases by their unique ids.
  "config-database": [
    {
      resources: [
        resource("AWS::RDS::DBInstance", "db-ABCDEFGHIJKLMNOPQRSTUVWXY", { idAttribute: "DbiResourceId" }),
      ],
    },
  ],
  "config-deleted": { ignored: "deleted" },
  "config-user": [
    { resources: [resource("AWS::IAM::User", "AIDACKCEVSQ6C2EXAMPLE", { idAttribute: "UserId" })] },
  ],

  "guardduty-archived": { ignored: "archived" },
  // Many resources, none of them in the finding's own fields.
  "guardduty-attack-sequence": [{ severity: "CRITICAL", resources: [] }],
  // Both buckets, and not the user who called.
  "guardduty-bucket": [
    {
      severity: "CRITICAL",
      resources: [bucket("customer-exports", inMember), bucket("customer-imports", inMember)],
    },
  ],
  "guardduty-database": [
    {
      severity: "HIGH",
      resources: [resource("AWS::RDS::DBInstance", "orders", arnInMember("rds", "db:orders"))],
    },
  ],
  "guardduty-ecs-cluster": [
    {
      severity: "HIGH",
      resources: [resource("AWS::ECS::Cluster", "engines", arnInMember("ecs", "cluster/engines"))],
    },
  ],
  "guardduty-eks-cluster": [
    {
      severity: "MEDIUM",
      resources: [resource("AWS::EKS::Cluster", "production", arnInMember("eks", "cluster/production"))],
    },
  ],
  "guardduty-function": [
    {
      severity: "HIGH",
      resources: [
        resource("AWS::Lambda::Function", "import-orders", arnInMember("lambda", "function:import-orders:7")),
      ],
    },
  ],
  "guardduty-instance": [{ severity: "HIGH", resources: [{ ...instance, ...inMember }] }],
  // The role whose credentials were used, and not the instance that had them.
  "guardduty-role": [{ severity: "HIGH", resources: [resource("AWS::IAM::Role", "web", inMember)] }],
  "guardduty-root": [{ severity: "LOW", resources: [] }],
  "guardduty-user": [
    { severity: "MEDIUM", resources: [resource("AWS::IAM::User", "build-agent", inMember)] },
  ],

  // The event is the administrator's, the instance the member's.
  "inspector-administrator": [{ severity: "MEDIUM", resources: [{ ...instance, ...inMember }] }],
  "inspector-closed": { ignored: "resolved" },
  "inspector-function": [
    {
      severity: "CRITICAL",
      resources: [
        resource(
          "AWS::Lambda::Function",
          "import-orders",
          arnInMember("lambda", "function:import-orders:$LATEST"),
        ),
      ],
    },
  ],
  "inspector-image": [
    {
      severity: "MEDIUM",
      resources: [
        resource(
          "AWS::ECR::ContainerImage",
          "arn:aws:ecr:eu-west-1:111122223333:repository/engines/sha256:84f507df33c6864d49c296fb734192696e4cb6f78166ac51ac8b9b118181085d",
          arnInMember(
            "ecr",
            "repository/engines/sha256:84f507df33c6864d49c296fb734192696e4cb6f78166ac51ac8b9b118181085d",
          ),
        ),
      ],
    },
  ],
  "inspector-instance": [{ severity: "MEDIUM", resources: [{ ...instance, ...inMember }] }],
  "inspector-reachability": [{ severity: "HIGH", resources: [{ ...instance, ...inMember }] }],
  "inspector-untriaged": [{ resources: [{ ...instance, ...inMember }] }],

  "macie-archived": { ignored: "archived" },
  "macie-policy": [{ severity: "HIGH", resources: [bucket("customer-exports", inMember)] }],
  "macie-sensitive-data": [{ severity: "MEDIUM", resources: [bucket("customer-exports", inMember)] }],

  // The event is of the aggregation region of the administrator.
  "security-hub-aggregated": [
    {
      severity: "HIGH",
      controlId: "EC2.8",
      resources: [
        resource(
          "AWS::EC2::Instance",
          "i-0a1b2c3d4e5f60718",
          arnInMember("ec2", "instance/i-0a1b2c3d4e5f60718", "us-west-2"),
        ),
      ],
    },
  ],
  "security-hub-archived": { ignored: "archived" },
  "security-hub-custom-action": [{ severity: "HIGH", controlId: "S3.8", resources: [exportsBucket] }],
  "security-hub-imported": [{ severity: "HIGH", controlId: "S3.8", resources: [exportsBucket] }],
  "security-hub-other-product": [
    {
      severity: "MEDIUM",
      resources: [
        resource("AWS::RDS::DBInstance", "orders", { arn: `arn:aws:rds:eu-west-1:${owner}:db:orders` }),
        resource("Other", "orders.example.com"),
      ],
    },
  ],
  "security-hub-passed": { ignored: "passed" },
  "security-hub-resolved": { ignored: "resolved" },
  "security-hub-two-findings": [
    { severity: "HIGH", controlId: "S3.8", resources: [exportsBucket, importsBucket] },
    {
      severity: "CRITICAL",
      controlId: "EC2.19",
      resources: [securityGroup("sg-0a1b2c3d4e5f60718"), securityGroup("sg-0f1e2d3c4b5a69788")],
    },
  ],
  "security-hub-v2-closed": { ignored: "archived" },
  "security-hub-v2-compliance": [
    {
      severity: "HIGH",
      controlId: "S3.8",
      resources: [bucket("customer-exports", { ...inMember, ...global })],
    },
  ],
  "security-hub-v2-detection": [
    {
      severity: "LOW",
      resources: [resource("AWS::IAM::AccessKey", "ASIAIOSFODNN7EXAMPLE", { ...inMember, ...global })],
    },
  ],
  "security-hub-v2-passed": { ignored: "passed" },
  "security-hub-v2-suppressed": { ignored: "resolved" },
};
