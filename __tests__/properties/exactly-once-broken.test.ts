import type { ECSClient } from "@aws-sdk/client-ecs";
import fc from "fast-check";
import type { Fault, FaultKind } from "../../local/faults";
import { stateChange } from "../handlers/register-targets/world";
import { createLambda } from "../handlers/start-task/lambda";
import { createWorld, type Letter, route, startEvent } from "../handlers/start-task/world";

const routes = {
  auth: route("auth-api"),
  pdf: route("pdf-creator", { subnets: ["subnet-a"] }),
  spare: route("spare-worker", { capacity: "FARGATE_SPOT" }),
};
const minute = 60_000;

/** One event as it happens, and when EventBridge delivers it, once or several times. */
const happening = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("auth", "pdf", "spare") },
    { weight: 2, arbitrary: fc.constant("long") },
    { weight: 1, arbitrary: fc.constantFrom("unknown", "malformed") },
  ),
  deliveredAt: fc.array(fc.integer({ min: 0, max: 10 * minute }), { minLength: 1, maxLength: 2 }),
});
type Happening = { kind: string; deliveredAt: number[] };

const eventOf = (kind: string, id: string): Record<string, unknown> => {
  if (kind === "malformed") return { id, detail: { service: 7 } };
  if (kind === "unknown") return startEvent("nobody", id);
  return kind === "long" ? startEvent("auth", id, { text: "x".repeat(9_000) }) : startEvent(kind, id);
};
const canSucceed = ({ kind }: Happening): boolean => !["unknown", "malformed"].includes(kind);

// What each call of a service meets, in the order of the calls.
const none = { weight: 10, arbitrary: fc.constant<FaultKind>({ fault: "none" }) };
const broken = fc.constantFrom<FaultKind>(
  { fault: "reset", when: "before" },
  { fault: "reset", when: "after" },
  { fault: "crash", when: "before" },
  { fault: "crash", when: "after" },
  { fault: "throttle" },
  { fault: "error", code: "InternalFailure", status: 500 },
);
const unplaced = fc.constantFrom<FaultKind>(
  { fault: "failures", reason: "Capacity is unavailable at this time." },
  { fault: "failures", reason: "InvalidParameter" },
);
const unstarted = fc.constantFrom<FaultKind>(
  { fault: "failsToStart", reason: "Timeout waiting for network interface provisioning to complete." },
  { fault: "failsToStart", reason: "CannotPullContainerError: image not found" },
);
const noSpareCapacity = fc.integer({ min: 0, max: 15 }).map(
  (times): Fault => ({
    service: "ecs",
    action: "RunTask",
    fault: "failures",
    reason: "Capacity is unavailable at this time.",
    where: { capacityProvider: "FARGATE_SPOT" },
    times,
  }),
);
const calls = (service: string, action: string, kind: fc.Arbitrary<FaultKind>) =>
  fc
    .array(kind, { minLength: 150, maxLength: 150 })
    .map((kinds) => kinds.map((each): Fault => ({ ...each, service, action, times: 1 })));
const faults = fc
  .tuple(
    noSpareCapacity.map((fault) => [fault]),
    calls(
      "ecs",
      "RunTask",
      fc.oneof(
        none,
        { weight: 8, arbitrary: broken },
        { weight: 3, arbitrary: unplaced },
        { weight: 5, arbitrary: unstarted },
      ),
    ),
    calls("ecs", "DescribeTasks", fc.oneof(none, { weight: 6, arbitrary: broken })),
    calls("sqs", "SendMessage", fc.oneof(none, { weight: 6, arbitrary: broken })),
    calls("s3", "PutObject", fc.oneof(none, { weight: 6, arbitrary: broken })),
    calls("s3", "GetObject", fc.oneof(none, { weight: 6, arbitrary: broken })),
  )
  .map((scripts) => scripts.flat());

/** Plays everything that happens, then sends what was given up once more with nothing broken. */
const play = async (
  happenings: Happening[],
  script: Fault[],
  {
    failuresUseUpTokens = false,
    tamper,
  }: { failuresUseUpTokens?: boolean; tamper?: (ecs: ECSClient) => void },
) => {
  // The tasks outlive the test: what they do is not its matter.
  const containers = () => ({ durationMs: 24 * 60 * minute });
  const world = await createWorld(routes, { containers, failuresUseUpTokens });
  const lambda = createLambda(world, tamper);
  const events = happenings.map(({ kind }, index) => eventOf(kind, `event-${index}`));

  // The launcher's rule, which hands over some events twice.
  let seen = 0;
  const failedToStart = () => {
    const news = world.taskEvents.slice(seen);
    seen = world.taskEvents.length;
    const failed = news.filter(
      ({ detail }) => detail.lastStatus === "STOPPED" && detail.stopCode === "TaskFailedToStart",
    );
    return failed.flatMap((event, index) => (index % 2 === 0 ? [event, event] : [event])).map(stateChange);
  };

  const finish = async (deliveries: Promise<void>[]) => {
    let underWay = 0;
    const watch = (delivery: Promise<void>) => {
      underWay++;
      void delivery.finally(() => underWay--);
    };
    for (const delivery of deliveries) watch(delivery);
    let quiet = 0;
    while (underWay > 0 || quiet < 12) {
      // In small steps: time goes on while a client is at work.
      await world.clock.advance(minute / 12);
      const failed = failedToStart();
      for (const event of failed) watch(lambda.deliver(event));
      quiet = underWay > 0 || failed.length > 0 ? 0 : quiet + 1;
    }
  };
  // A task that never ran has done nothing.
  const ran = () => {
    const tasks = new Map<string, number>();
    for (const { launch, times } of world.tasks()) {
      const { startedBy = "" } = launch.input;
      if (times.startedAt) tasks.set(startedBy, (tasks.get(startedBy) ?? 0) + 1);
    }
    return events.map(({ id }) => tasks.get(String(id)) ?? 0);
  };

  world.faults.set(script);
  await finish(
    happenings.flatMap(({ deliveredAt }, index) =>
      deliveredAt.map((at) => world.clock.sleep(at).then(() => lambda.deliver(events[index]))),
    ),
  );
  const tasks = ran();
  const neverRan = world.tasks().filter(({ times }) => !times.startedAt).length;
  world.faults.set([]);
  const letters = [...(await world.deadLetters()), ...lambda.exhausted.map(asLetter)];

  // Time for somebody to read why; ECS shows stopped tasks for an hour.
  await world.clock.advance(20 * minute);
  await finish(letters.map((letter) => lambda.deliver(letter)));
  // What told of a task that never ran is by now a letter about the event itself.
  await finish((await world.deadLetters()).map((letter) => lambda.deliver(letter)));
  return { events, tasks, neverRan, letters, tasksAfterRedrive: ran() };
};

/** The event that a letter is about, which may be one of ECS about the event's task. */
const eventIn = ({ requestPayload }: Letter): string => {
  const { id, detail } = requestPayload as { id: string; detail?: { startedBy?: string } };
  return detail?.startedBy ?? id;
};

const asLetter = ({
  event,
  requestId,
  reason,
}: {
  event: unknown;
  requestId: string;
  reason: string;
}): Letter => ({
  version: "1.0",
  requestContext: { requestId, functionArn: "arn", condition: "RetriesExhausted", approximateInvokeCount: 3 },
  requestPayload: event,
  responsePayload: { errorType: "Error", errorMessage: reason },
});

// Fifty events a run, five runs a seed: a thousand events.
describe.each([1, 4, 42, 2026])("seed %d: 250 events, duplicated, under faults", (seed) => {
  test("are each one task or a dead letter with its reason: none lost, none doubled", async () => {
    let outcomes = { launched: 0, givenUp: 0, neverRan: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 50, maxLength: 50 }),
        faults,
        fc.boolean(),
        async (happenings, script, failuresUseUpTokens) => {
          const played = await play(happenings, script, { failuresUseUpTokens });
          const { events, tasks, letters, tasksAfterRedrive } = played;
          const recorded = new Set(letters.map(eventIn));
          const lost = events.filter(({ id }, index) => tasks[index] === 0 && !recorded.has(String(id)));
          expect({ lost, doubled: tasks.filter((count) => count > 1) }).toEqual({ lost: [], doubled: [] });
          expect(letters.filter(({ responsePayload }) => !responsePayload.errorMessage)).toEqual([]);
          expect(tasksAfterRedrive).toEqual(happenings.map((each) => (canSucceed(each) ? 1 : 0)));
          outcomes = {
            launched: outcomes.launched + tasks.filter((count) => count === 1).length,
            givenUp: outcomes.givenUp + recorded.size,
            neverRan: outcomes.neverRan + played.neverRan,
          };
        },
      ),
      { seed, numRuns: 5, endOnFailure: true },
    );
    // The faults were real: many events were given up at first, and most were not.
    expect(outcomes.launched).toBeGreaterThan(150);
    expect(outcomes.givenUp).toBeGreaterThan(30);
    expect(outcomes.neverRan).toBeGreaterThan(30);
  }, 180_000);
});

test("without the token of its event a launch is doubled, and this test would tell", async () => {
  const forgetToken = (ecs: ECSClient) =>
    ecs.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, clientToken: undefined } }),
      {
        step: "initialize",
        priority: "high",
      },
    );
  const twice = { kind: "auth", deliveredAt: [0, minute] };
  expect((await play([twice], [], {})).tasks).toEqual([1]);
  expect((await play([twice], [], { tamper: forgetToken })).tasks).toEqual([2]);
});
