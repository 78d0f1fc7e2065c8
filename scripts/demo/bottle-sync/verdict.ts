import type { Happened } from "./play";
import { refetched } from "./report";

/** One part for each of the five connections, and the bottle that was corrupt. */
const mayBeFetchedTwice = 5 * 8 * 1024 * 1024;

/** What happened and must not have, or did not happen and must. Empty if all is well. */
export function verifyOutcome(happened: Happened): string[] {
  const { byFunction, byTask, second, tasks, corruptRefused, bottles, client, messages, leaked } = happened;
  const planned = byFunction.planned.bottles + byTask.planned.bottles;
  const ofKind = (pattern: RegExp) => messages.filter((message) => pattern.test(message)).length;
  const checks: [boolean, string][] = [
    [
      byFunction.planned.outcome === "function",
      `the function must download the first bottles, not: ${byFunction.planned.outcome}`,
    ],
    [byTask.planned.outcome === "task", `a task must download the others, not: ${byTask.planned.outcome}`],
    [tasks === 2, `the interrupted task must be followed by one other; there were ${tasks} tasks`],
    [
      refetched(byTask) <= mayBeFetchedTwice,
      `at most a part for each connection may be fetched twice, not ${refetched(byTask)} bytes`,
    ],
    [corruptRefused === 1, `one download must be refused as corrupt, not ${corruptRefused}`],
    [
      bottles.length === planned && bottles.every(({ isRight }) => isRight),
      `all ${planned} bottles must be in the mirror, with their digests; there are ${bottles.length}, ${bottles.filter(({ isRight }) => !isRight).length} of them wrong`,
    ],
    [
      second.planned.outcome === "nothing-new" && second.sentBytes === 0,
      `the second run must find nothing new, not ${second.planned.bottles} bottles`,
    ],
    [
      client.failures.length === 0 && client.checked > 0,
      `a client must get every bottle; failures: ${client.failures.map(({ what }) => what).join(", ") || "none"} of ${client.checked}`,
    ],
    [
      ofKind(/start/i) === 2 && ofKind(/succe|mirrored/i) >= 2 && ofKind(/nothing new/i) === 1,
      `Slack must get a notice at the start and the end of each run, once; it got: ${messages.join(" | ")}`,
    ],
    [
      leaked.tokens === 0 && leaked.webhook === 0,
      `no token of the registry may reach another host (${leaked.tokens}), and no log the webhook (${leaked.webhook})`,
    ],
  ];
  return checks.filter(([holds]) => !holds).map(([, rule]) => rule);
}
