import { alignColumns } from "../columns";
import { formatCount } from "../options";
import { isBad, type Outcome, type RedrivenLetter } from "./outcome";
import type { Redriven } from "./redrive";

const listTasks = (tasks: readonly string[]): string => tasks.join(", ");

function describeOutcome({ letter, outcome }: RedrivenLetter): string {
  const functionName = letter.queue.function.name;
  switch (outcome.outcome) {
    case "wouldBeSent":
      return `would be sent to ${functionName} (${letter.reason})`;
    case "left":
      return `stays in the queue: ${outcome.reason}`;
    case "notSent":
      return `not sent: ${outcome.reason}`;
    case "notDeleted":
      return `sent, but still in the queue; another redrive starts nothing twice: ${outcome.reason}`;
    case "notFollowed":
      return `sent to ${functionName}`;
    case "started":
      return `started ${listTasks(outcome.tasks)}`;
    case "queued":
      return "waits in the queue of the workers";
    case "duplicate":
      return `had its task already, ${listTasks(outcome.tasks)}`;
    case "accepted":
      return `accepted by ${functionName}`;
    case "nothingToRun":
      return `nothing to run: ${outcome.reason}`;
    case "failed":
      return `its task ${listTasks(outcome.tasks)} ${outcome.reason}`;
    case "deadLetter":
      return `is a dead letter again: ${outcome.code}: ${outcome.reason}`;
    case "waiting":
      return outcome.tasks.length === 0
        ? `still waiting for ${functionName}`
        : `still waiting for its task ${listTasks(outcome.tasks)}`;
  }
}

/** Words of the closing line, in its order. */
const closingWords: Readonly<Record<Outcome["outcome"], string>> = {
  wouldBeSent: "would be sent",
  started: "started",
  queued: "in the queue of the workers",
  duplicate: "had a task already",
  accepted: "accepted",
  nothingToRun: "with nothing to run",
  waiting: "still waiting",
  notFollowed: "sent",
  failed: "failed",
  deadLetter: "again a dead letter",
  notSent: "not sent",
  notDeleted: "not deleted",
  left: "left in the queue",
};

const countOutcomes = (letters: readonly RedrivenLetter[]): string =>
  Object.entries(closingWords)
    .map(
      ([name, words]) => [letters.filter(({ outcome }) => outcome.outcome === name).length, words] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(", ");

const describeOthers = (others: Redriven["others"]): string =>
  Object.entries(others)
    .map(([code, count]) => `${count} ${code}`)
    .join(", ");

/** A line for each letter, and a closing line. */
export function formatRedriven(
  name: string,
  { letters, others }: Redriven,
  { reason }: { reason?: string },
): string[] {
  const otherCount = Object.values(others).reduce((sum, count) => sum + count, 0);
  if (letters.length === 0) {
    return otherCount === 0
      ? [`There is no dead letter of ${name}.`]
      : [`No dead letter of ${name} has the reason "${reason}"; it has others: ${describeOthers(others)}.`];
  }
  const rows = letters.map(({ letter, outcome }) => [
    isBad(outcome) ? "!" : " ",
    letter.eventId ?? letter.requestId,
    letter.service ?? "",
    letter.code,
    describeOutcome({ letter, outcome }),
  ]);
  const unknown = letters.map(({ outcome }) => outcome).find(({ outcome }) => outcome === "notFollowed");
  return [
    ...alignColumns(rows),
    "",
    ...(unknown && "reason" in unknown ? [`What becomes of them cannot be read: ${unknown.reason}`] : []),
    `${formatCount(letters.length, "dead letter")} of ${name}: ${countOutcomes(letters)}.${
      otherCount === 0 ? "" : ` ${otherCount} with another reason: ${describeOthers(others)}.`
    }`,
  ];
}

/** For programs. */
export const toJsonResult = (name: string, { letters, others }: Redriven): object => ({
  name,
  letters: letters.map(({ letter, outcome }) => {
    const { queue, messageId, eventId, service, attempt, code, reason, sentAt } = letter;
    return {
      queue: queue.name,
      function: queue.function.name,
      messageId,
      eventId: eventId ?? null,
      service: service ?? null,
      attempt,
      code,
      reason,
      sentAt,
      result: outcome,
    };
  }),
  others,
});
