import * as evaluator from "@cloud-copilot/iam-simulate";
import { denialReason, type EvaluationRequest } from "../../local/iam/evaluate";

const ACCOUNT = "123456789012";
const PRINCIPAL = `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`;
const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`;
const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/x`;

interface Statement {
  Effect?: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string;
  Principal?: unknown;
  Condition?: object;
}
const document = (...statements: Statement[]) => ({
  Version: "2012-10-17",
  Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })),
});

const ask = (
  action: string,
  resource: string,
  identity: Statement[],
  more: Partial<EvaluationRequest> & { keys?: Record<string, string | string[]> } = {},
) =>
  denialReason(evaluator, {
    principal: PRINCIPAL,
    account: ACCOUNT,
    permission: { action, resource, context: more.keys },
    context: { "aws:SecureTransport": "true" },
    policies: identity.length > 0 ? [{ name: "p", policy: document(...identity) }] : [],
    ...more,
  });

test("allows an action by a policy that names it on the resource", async () => {
  expect(
    await ask("sqs:SendMessage", QUEUE, [{ Action: "sqs:SendMessage", Resource: QUEUE }]),
  ).toBeUndefined();
});

test.each<[string, Statement[], Partial<EvaluationRequest>, string]>([
  ["nothing", [], {}, "because no identity-based policy allows the sqs:SendMessage action"],
  [
    "another resource",
    [{ Action: "sqs:*", Resource: `${QUEUE}2` }],
    {},
    "because no identity-based policy allows the sqs:SendMessage action",
  ],
  [
    "an additional deny",
    [
      { Action: "sqs:*", Resource: "*" },
      { Effect: "Deny", Action: "sqs:SendMessage", Resource: "*" },
    ],
    {},
    "with an explicit deny in an identity-based policy",
  ],
  [
    "a deny of the queue's policy",
    [{ Action: "sqs:*", Resource: "*" }],
    {
      resourcePolicy: document({ Effect: "Deny", Action: "sqs:*", Resource: QUEUE, Principal: "*" }),
    },
    "with an explicit deny in a resource-based policy",
  ],
  [
    "a permissions boundary without the action",
    [{ Action: "sqs:*", Resource: "*" }],
    { boundary: { name: "b", policy: document({ Action: "s3:*", Resource: "*" }) } },
    "because no permissions boundary allows the sqs:SendMessage action",
  ],
  [
    "a session policy without the action",
    [{ Action: "sqs:*", Resource: "*" }],
    { sessionPolicy: document({ Action: "sqs:Receive*", Resource: "*" }) },
    "because no session policy allows the sqs:SendMessage action",
  ],
  [
    "a deny of the session policy",
    [{ Action: "sqs:*", Resource: "*" }],
    {
      sessionPolicy: document(
        { Action: "sqs:*", Resource: "*" },
        { Effect: "Deny", Action: "sqs:SendMessage", Resource: "*" },
      ),
    },
    "with an explicit deny in a session policy",
  ],
])("refused: %s", async (_what, identity, more, reason) => {
  expect(await ask("sqs:SendMessage", QUEUE, identity, more)).toBe(reason);
});

test("ignores a deny of requests without TLS", async () => {
  const resourcePolicy = document({
    Effect: "Deny",
    Action: "sqs:*",
    Resource: QUEUE,
    Principal: "*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  expect(
    await ask("sqs:SendMessage", QUEUE, [{ Action: "sqs:*", Resource: "*" }], { resourcePolicy }),
  ).toBeUndefined();
});

test("allows with a condition on the cluster in that cluster only", async () => {
  const cluster = `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/engines`;
  const resource = `arn:aws:ecs:eu-west-1:${ACCOUNT}:container-instance/engines/*`;
  const identity = [
    { Action: "ecs:ListTasks", Resource: "*", Condition: { ArnEquals: { "ecs:cluster": cluster } } },
  ];
  expect(
    await ask("ecs:ListTasks", resource, identity, { keys: { "ecs:cluster": cluster } }),
  ).toBeUndefined();
  expect(await ask("ecs:ListTasks", resource, identity, { keys: { "ecs:cluster": `${cluster}2` } })).toMatch(
    /no identity-based policy/,
  );
});

test("allows an unknown action by a policy on all resources, not by one on some", async () => {
  expect(await ask("dynamodb:PutItem", "*", [{ Action: "dynamodb:*", Resource: "*" }])).toBeUndefined();
  expect(await ask("dynamodb:PutItem", "*", [{ Action: "dynamodb:*", Resource: TABLE }])).toMatch(
    /no identity-based policy/,
  );
});

test("evaluates an action without resource types on all resources", async () => {
  expect(
    await ask("elasticloadbalancing:DescribeTargetHealth", QUEUE, [
      { Action: "elasticloadbalancing:DescribeTargetHealth", Resource: "*" },
    ]),
  ).toBeUndefined();
});

test("denies an action that AWS does not have, and says that it cannot evaluate it", async () => {
  expect(await ask("sqs:SendMesage", QUEUE, [{ Action: "*", Resource: "*" }])).toMatch(
    /^because local AWS cannot evaluate it: .*invalid\.action/,
  );
});

test("allows the service and source that a trust policy names to assume the role", async () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/r`;
  const trust = document({
    Action: "sts:AssumeRole",
    Principal: { Service: "ecs-tasks.amazonaws.com" },
    Condition: {
      StringEquals: { "aws:SourceAccount": ACCOUNT },
      ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-west-1:${ACCOUNT}:*` },
    },
  });
  const assume = (principal: string, account = ACCOUNT) =>
    ask("sts:AssumeRole", role, [], {
      principal,
      resourcePolicy: trust,
      keys: {
        "aws:SourceAccount": account,
        "aws:SourceArn": `arn:aws:ecs:eu-west-1:${account}:task/engines/1`,
      },
    });
  expect(await assume("ecs-tasks.amazonaws.com")).toBeUndefined();
  expect(await assume("lambda.amazonaws.com")).toBeDefined();
  expect(await assume("ecs-tasks.amazonaws.com", "111111111111")).toBeDefined();
});
