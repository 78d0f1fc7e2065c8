import type { SQSBatchResponse } from "aws-lambda";
import { toJson } from "../../../handlers/shared/json";
import { createWorld } from "../../handlers/register-targets/world";
import { checkAnswer, checkDlqMessage, checkError, checkWork, type Limits, messagesIn } from "./bounds";
import type { Known } from "./input";
import { createProbe } from "./probe";
import type { Subject } from "./subject";

const limits: Limits = {
  // A sweep or a stop checks two services, each a second time after a change.
  calls: 40,
  lines: 8,
  // The input names a task that ECS does not know, or that cannot be.
  retryable: ["TaskMissing", "StaleDescription", "InvalidParameterException"],
  failureMetrics: ["Failures"],
};

/** Finds valid messages of a batch that failed. */
const checkGoods = (answer: object, input: unknown, goods: readonly string[]): string[] => {
  if (!("batchItemFailures" in answer)) return [];
  const failed = (answer as SQSBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const { Records } = input as { Records: { messageId: string; body: string }[] };
  return Records.filter(({ messageId, body }) => failed.includes(messageId) && goods.includes(body)).map(
    ({ messageId }) => `${messageId} is good and is not served`,
  );
};

/** register-targets on local AWS, given one input after the other while a task of each service runs. */
export const createRegisterTargetsSubject = async (): Promise<Subject> => {
  const world = await createWorld({ auth: {}, pdf: {} });
  const { clock } = world;
  const probe = createProbe(world.requestHandler() as never);
  const { handler } = world.startFunction(undefined, probe.requestHandler);

  const runOf = async (service: string) => {
    const running = world
      .tasks()
      .findLast(
        ({ launch, desiredStatus }) =>
          launch.input.group === `route-${service}` && desiredStatus === "RUNNING",
      );
    return running ?? world.run(service);
  };

  let fed = 0;
  return async (make) => {
    fed += 1;
    if (fed % 50 === 0) await clock.advance(2 * 3_600_000);
    const task = await runOf("auth");
    const goods: string[] = [];
    const known: Known = {
      good: () => {
        const event = world.latestEventOf(task);
        goods.push(toJson(event));
        return event;
      },
      stopped: () => world.latestEventOf(task).detail,
    };
    const input = make(known);
    const work = probe.begin(toJson(input).length);
    const outcome = await world.finish(handler(input, world.invocation())).then(
      (answer) => ({ answer }),
      (error: unknown) => ({ error }),
    );
    for (const line of world.lines.splice(0)) probe.write(JSON.stringify(line));
    work.written += "answer" in outcome ? toJson(outcome.answer).length : 0;
    await world.dueRechecks();
    return [
      ...("answer" in outcome
        ? [...checkAnswer(outcome.answer, work, limits), ...checkGoods(outcome.answer, input, goods)]
        : checkError(outcome.error, work, limits)),
      ...checkWork(work, messagesIn(input), limits),
      ...(await world.takeDlqMessages()).map(toJson).flatMap(checkDlqMessage),
    ];
  };
};
