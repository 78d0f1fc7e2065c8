import type { PolicyRun } from "../../../container-contract/policy-run";
import type { PolicyRuns, RunResult } from "../../../handlers/run-policy/result";
import { createRunPolicy } from "../../../handlers/run-policy/run-policy";
import type { Task } from "../../../local/ecs/task";
import { ownRole } from "../../../testing/findings";
import { createPolicyAccount } from "../../../testing/run-policy-account";
import type { LogLine } from "../../handlers/start-task/world";

const second = 1_000;
const hour = 3_600 * second;
const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:run-policy";
const member = "111122223333";
const policies = ["policies/one.yml", "policies/account.yml"];

const mapping = (id: string, match: object, more: object = {}) => ({
  id,
  match,
  policy: { key: "policies/one.yml" },
  cooldown_seconds: 0,
  ...more,
});

/** Mappings of every kind; findings about functions and instances match none. */
const mappings = [
  mapping(
    "account",
    { resource_type: ["AWS::IAM::*"] },
    { scope: "account", policy: { key: "policies/account.yml" } },
  ),
  mapping("missing", { resource_type: ["AWS::RDS::*"] }, { policy: { key: "policies/none.yml" } }),
  mapping("dry", { severity_at_least: "HIGH" }, { dry_run: true, continue: true }),
  mapping("cooldown", { event_name: ["CreateBucket"] }, { cooldown_seconds: 300 }),
  mapping("others", { source: ["*"], resource_type: ["*", "!AWS::Lambda::*", "!AWS::EC2::Instance"] }),
  mapping("calls", { detail_type: ["AWS API Call via CloudTrail"] }),
];

type Options = { onNoMatch: "ignore" | "dead_letter" };

const textsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

/** A run must be for what the event names, in an account that the function may act on. */
const checkPayload = (payload: PolicyRun, event: unknown): string[] => {
  const { scope, mapping: by, finding } = payload;
  const { resource } = finding;
  if (scope === "account") return by === "account" ? [] : [`a run for the account by the mapping ${by}`];
  if (resource === undefined) return ["a run without a resource"];
  const texts = textsIn(event);
  const isNamed = texts.some((text) => text.includes(resource.id));
  const isAllowed = ["123456789012", member].includes(resource.account);
  return [
    ...(isNamed ? [] : [`a run for ${resource.id}, which the event does not name`]),
    ...(isAllowed ? [] : [`a run in the account ${resource.account}`]),
  ];
};

/** run-policy on local AWS, given one event after the other. It returns the violations. */
export const createSubject = async ({ onNoMatch }: Options) => {
  const account = await createPolicyAccount({
    mappings: { version: "2.0", on_no_match: onNoMatch, mappings },
    policies,
    environment: { WORKER_ROLES: ownRole, MEMBER_ACCOUNTS: member },
    throttled: false,
  });
  const { local, bucket } = account;
  let lines: LogLine[] = [];
  let longestLine = 0;
  const write = (line: string) => {
    longestLine = Math.max(longestLine, line.length);
    lines.push(JSON.parse(line) as LogLine);
  };
  let messages = 0;
  const handler = createRunPolicy({
    ...account.partsOver(local.requestHandler(), write),
    // Nothing is retried here, so every message is for the DLQ.
    sendMessage: async () => {
      messages += 1;
    },
  });
  const seen = new Set<string>();

  const count = (name: string): number =>
    lines.reduce((sum, line) => sum + (typeof line[name] === "number" ? line[name] : 0), 0);

  const readPayload = async ({ launch }: Task): Promise<PolicyRun> => {
    const { environment = [] } = launch.input.overrides?.containerOverrides?.[0] ?? {};
    const variableOf = (name: string) => environment.find((variable) => variable.name === name)?.value;
    const reference = variableOf("FINDING_PAYLOAD_REF");
    const text = reference
      ? await bucket.get(new URL(reference).pathname.slice(1))
      : variableOf("FINDING_PAYLOAD");
    return JSON.parse(text ?? "");
  };

  /** Every finding leads to a task, a message or a count, and the answer says so. */
  const checkOutcomes = (result: { runs?: readonly RunResult[]; rejected?: string }): string[] => {
    const { runs = [], rejected } = result;
    const launched = runs.filter((run) => "taskArn" in run);
    const refused = runs.filter((run) => "rejected" in run).length + (rejected === undefined ? 0 : 1);
    const ignored = runs.filter((run) => "ignored" in run).length;
    const unknown = launched.filter((run) => !seen.has(run.taskArn));
    const counted = count("FindingsIgnored") + count("FindingsUnmatched");
    return [
      ...unknown.map(({ taskArn }) => `${taskArn} does not exist`),
      ...(refused === messages ? [] : [`${refused} are rejected, and ${messages} are in the DLQ`]),
      ...(count("Failures") === refused ? [] : [`${count("Failures")} failures for ${refused}`]),
      ...(ignored <= counted ? [] : [`${ignored} are ignored, ${counted} are counted`]),
      ...(launched.length + refused + counted > 0 ? [] : ["nothing became of the event"]),
    ];
  };

  let fed = 0;
  return async (event: unknown): Promise<string[]> => {
    fed += 1;
    await local.clock.advance(fed % 50 === 0 ? 2 * hour : second);
    lines = [];
    longestLine = 0;
    messages = 0;
    let result: PolicyRuns | { rejected: string };
    try {
      result = (await handler(event, {
        awsRequestId: `request-${fed}`,
        functionName: "run-policy",
        invokedFunctionArn: functionArn,
        getRemainingTimeInMillis: () => 900_000,
      })) as PolicyRuns;
    } catch (error) {
      return [`throws ${error instanceof Error ? error.stack : error}`];
    }
    const tasks = local.tasks().filter(({ arn }) => !seen.has(arn));
    for (const { arn } of tasks) seen.add(arn);
    const payloads = await Promise.all(tasks.map(readPayload));
    return [
      ...payloads.flatMap((payload) => checkPayload(payload, event)),
      ...checkOutcomes(result),
      ...(longestLine > 8_192 ? [`a log line of ${longestLine} characters`] : []),
    ];
  };
};
export type FindingsSubject = Awaited<ReturnType<typeof createSubject>>;
