import fc from "fast-check";
import type { PolicyRuns } from "../../handlers/run-policy/result";
import { createRunPolicy } from "../../handlers/run-policy/run-policy";
import type { Fault, FaultKind } from "../../local/faults";
import { createPolicyAccount } from "../../testing/run-policy-account";
import { mapping, securityHubEvent } from "../handlers/run-policy/world";

const minute = 60_000;

/** How many random histories of updates, and the seed they are made of. */
const { HISTORIES = "200", SEED = "2026" } = process.env;

const updates = [0, 1, 2, 3, 4].map((number) =>
  securityHubEvent([{ id: "f1", buckets: ["a"] }], { id: `update-${number}` }),
);

const call = fc.constantFrom(
  { service: "s3", action: "GetObject" },
  { service: "s3", action: "PutObject" },
  { service: "ecs", action: "RunTask" },
);
const kind = fc.constantFrom<FaultKind>(
  { fault: "reset", when: "before" },
  { fault: "reset", when: "after" },
  { fault: "crash", when: "before" },
  { fault: "crash", when: "after" },
  // No client retries it.
  { fault: "error", code: "AccessDenied", status: 403 },
);
/** Which call of its kind fails, and how. */
const faults = fc.array(fc.tuple(call, kind, fc.nat(12)), { maxLength: 4 });

const toScript = (planned: typeof faults extends fc.Arbitrary<infer Value> ? Value : never): Fault[] =>
  planned.flatMap(([ofCall, ofKind, skip]): Fault[] => [
    ...(skip > 0 ? [{ ...ofCall, fault: "none" as const, times: skip }] : []),
    { ...ofCall, ...ofKind, times: 1 },
  ]);

const createLambda = async () => {
  const account = await createPolicyAccount({
    mappings: { version: "2.0", mappings: [mapping({ match: { source: ["*"] } })] },
    policies: ["policies/s3-createbucket.yml"],
    throttled: false,
  });
  const { local, take, deadLetterQueue } = account;

  /** Invokes the function in a fresh environment. @returns undefined when it threw or crashed */
  const invoke = async (event: { id: string }): Promise<PolicyRuns | undefined> => {
    const requestHandler = local.requestHandler();
    const handler = createRunPolicy(account.partsOver(requestHandler, () => {}));
    const invocation = {
      awsRequestId: event.id,
      functionName: "run-policy",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:run-policy",
      getRemainingTimeInMillis: () => 900_000,
    };
    const answered = handler(event, invocation).catch(() => undefined);
    const ended = await Promise.race([answered, requestHandler.crashed.then(() => undefined)]);
    return ended as PolicyRuns | undefined;
  };

  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const ended = promise.finally(() => {
      done = true;
    });
    while (!done) await local.clock.advance(10);
    return ended;
  };
  return { local, settled, invoke, takeDlqMessages: () => take(deadLetterQueue) };
};

test(
  `runs once for updates at once, whatever fails or crashes, with the retries of Lambda: ${HISTORIES} histories`,
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), faults, async (count, planned) => {
        const { local, settled, invoke, takeDlqMessages } = await createLambda();
        local.faults.set(toScript(planned));
        const arns = new Set<string>();
        let rejected = 0;
        let waiting = updates.slice(0, count);
        for (const waitMs of [0, minute, 2 * minute]) {
          await local.clock.advance(waitMs);
          const answers = await settled(Promise.all(waiting.map(invoke)));
          for (const run of answers.flatMap((answer) => answer?.runs ?? [])) {
            if ("taskArn" in run) arns.add(run.taskArn);
            if ("rejected" in run) rejected += 1;
          }
          waiting = waiting.filter((_, index) => answers[index] === undefined);
        }
        // At most four things fail, and no update is tried in vain more than three times.
        const tasks = local.tasks().map(({ arn }) => arn);
        expect(tasks.length).toBeLessThanOrEqual(1);
        expect([...arns].every((arn) => tasks.includes(arn))).toBe(true);
        if (waiting.length + rejected < count) expect(tasks).toHaveLength(1);
        expect(await settled(takeDlqMessages())).toHaveLength(rejected);
      }),
      { numRuns: Number(HISTORIES), seed: Number(SEED) },
    );
  },
  Math.max(120_000, Number(HISTORIES) * 1_000),
);
