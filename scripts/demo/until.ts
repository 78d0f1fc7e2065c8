import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "@aws-sdk/client-ecs";

const limitMilliseconds = 120_000;

/** Asks again and again until the answer is `done`, or the time is up; resolves with the last answer. */
export async function until<T>(
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
  limit = limitMilliseconds,
): Promise<T> {
  const deadline = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (done(answer) || Date.now() > deadline) return answer;
    await sleep(300);
  }
}

export const areStopped =
  (atLeast: number) =>
  (tasks: readonly Task[]): boolean =>
    tasks.length >= atLeast && tasks.every(({ lastStatus }) => lastStatus === "STOPPED");
