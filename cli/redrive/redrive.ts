import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { groupBy } from "../../handlers/register-targets/group-by";
import { splitIntoChunks } from "../../handlers/shared/chunks";
import type { HeldLetters } from "../dead-letters/held-letters";
import { hasReason, type Letter } from "../dead-letters/letter";
import { describeError } from "../describe-error";
import { type FollowParts, follow } from "./follow";
import type { Outcome, RedrivenLetter } from "./outcome";

export type RedriveParts = FollowParts & { lambda: LambdaClient; held: HeldLetters };

export type RedriveOptions = {
  /** Only letters with this reason. */
  reason?: string;
  dryRun?: boolean;
  /** Told when all letters are sent. */
  onSent?: (count: number) => void;
};

export type Redriven = {
  letters: RedrivenLetter[];
  /** How many letters have another reason, by their code. */
  others: Record<string, number>;
};

/** ECS starts about 20 tasks a second (quota of Fargate). */
const chunkSize = 10;
const chunkMs = 500;

/**
 * Sends the letters again, and follows them. First it holds all of them, so that one that comes back is not taken for an
 * old one. A letter is deleted when Lambda has accepted its event. If the program ends between the two, the letter is sent
 * again later, and the function finds the task that it has started.
 */
export async function redrive(parts: RedriveParts, options: RedriveOptions): Promise<Redriven> {
  const { held, now, sleep } = parts;
  const { reason, dryRun, onSent } = options;
  try {
    const all = await held.receive();
    const wanted = all.filter((letter) => reason === undefined || hasReason(letter, reason));
    const outcomes = new Map<Letter, Outcome>();
    for (const letter of wanted) {
      if (letter.unsendable !== undefined)
        outcomes.set(letter, { outcome: "left", reason: letter.unsendable });
      else if (dryRun) outcomes.set(letter, { outcome: "wouldBeSent" });
    }

    const began = now();
    const sent: Letter[] = [];
    for (const [index, chunk] of splitIntoChunks(
      wanted.filter((letter) => !outcomes.has(letter)),
      chunkSize,
    ).entries()) {
      if (index > 0) await sleep(chunkMs);
      await Promise.all(
        chunk.map(async (letter) => {
          const problem = await sendAndDelete(parts, letter);
          if (problem === undefined) sent.push(letter);
          else outcomes.set(letter, problem);
        }),
      );
    }
    if (sent.length > 0) {
      onSent?.(sent.length);
      try {
        await follow(parts, sent, began, outcomes);
      } catch (error) {
        const reason = describeError(error);
        for (const letter of sent)
          if (!outcomes.has(letter)) outcomes.set(letter, { outcome: "notFollowed", reason });
      }
    }
    return {
      letters: wanted.map((letter) => ({ letter, outcome: outcomes.get(letter)! })),
      others: countByCode(all.filter((letter) => !wanted.includes(letter))),
    };
  } finally {
    await held.release();
  }
}

/** @returns why the letter is still in its queue */
async function sendAndDelete({ lambda, held }: RedriveParts, letter: Letter): Promise<Outcome | undefined> {
  try {
    await lambda.send(
      new InvokeCommand({
        FunctionName: letter.queue.function.name,
        InvocationType: "Event",
        Payload: Buffer.from(letter.input),
      }),
    );
  } catch (error) {
    return { outcome: "notSent", reason: describeError(error) };
  }
  try {
    await held.remove(letter);
  } catch (error) {
    return { outcome: "notDeleted", reason: describeError(error) };
  }
  return undefined;
}

const countByCode = (letters: readonly Letter[]): Record<string, number> =>
  Object.fromEntries([...groupBy(letters, ({ code }) => code)].map(([code, { length }]) => [code, length]));
