import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAws } from "../../local/start-local-aws";
import type { Answer, Handler } from "./handlers";
import type { Scenario } from "./scenarios";
import { type Scene, setStage } from "./stage";

export type Played = Scene & { answers: Answer[] };

/** How often Lambda runs a function for an event that was handed over asynchronously. */
const tries = 3;
/** Stands for the minute that Lambda lets pass between two tries. */
const pauseMs = 6_000;

/**
 * Hands the event of a scenario to a function as EventBridge and Lambda would: what is raised is tried again, and after
 * the last try the event goes to the function's on-failure destination. What is returned is done, whatever it says.
 */
export const play = async (
  aws: LocalAws,
  { event, deliveries = 1, faults, slow = false }: Scenario,
  handler: Handler,
  name: string,
): Promise<Played> => {
  const stage = await setStage(aws, name);
  try {
    aws.faults.set(faults);
    const answers: Answer[] = [];
    const exhausted: string[] = [];
    for (let delivery = 0; delivery < deliveries; delivery++) {
      for (let attempt = 1; ; attempt++) {
        const answer = await handler(event, stage);
        answers.push(answer);
        if ("returned" in answer) break;
        if (attempt === tries) {
          exhausted.push(answer.raised);
          break;
        }
        if (slow) await sleep(pauseMs);
      }
    }
    aws.faults.set([]);
    const scene = await stage.look();
    return { ...scene, answers, deadLetters: [...scene.deadLetters, ...exhausted] };
  } finally {
    stage.close();
  }
};
