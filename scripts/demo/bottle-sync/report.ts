import type { Happened, PlayedRun } from "./play";

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Bytes that the registry sent twice. */
export const refetched = ({ planned, sentBytes }: PlayedRun): number =>
  Math.max(0, sentBytes - planned.bytes);

const plannedOf = ({ byFunction, byTask }: Happened): number =>
  byFunction.planned.bottles + byTask.planned.bottles;

export const summary = (happened: Happened): string[] => {
  const { byFunction, byTask, second, tasks, corruptRefused, bottles, client, messages } = happened;
  return [
    `planned                 ${plannedOf(happened)} bottles`,
    `  by the function       ${byFunction.planned.bottles}, ${mb(byFunction.sentBytes)}`,
    `  by ${tasks} tasks            ${byTask.planned.bottles}, ${mb(byTask.sentBytes)}, of which twice: ${mb(refetched(byTask))}`,
    `mirrored                ${bottles.length} bottles, ${bottles.filter(({ isRight }) => isRight).length} with the digest that they must have`,
    `corrupt refused         ${corruptRefused}`,
    `second run              ${second.planned.bottles} bottles`,
    `a client verified       ${client.checked} bottles, ${client.failures.length} failures`,
    `notices                 ${messages.length}`,
  ];
};

/** The summary as a program reads it. `bytes` are those of the mirror. */
export const json = (happened: Happened): object => {
  const { byTask, second, corruptRefused, bottles, client, tasks, messages, leaked } = happened;
  return {
    planned: plannedOf(happened),
    mirrored: bottles.filter(({ isRight }) => isRight).length,
    bytes: bottles.reduce((sum, { bytes }) => sum + bytes, 0),
    refetchedBytes: refetched(byTask),
    corruptRefused,
    secondRun: second.planned.bottles,
    clientVerified: client.failures.length === 0 && client.checked > 0,
    tasks,
    notices: messages.length,
    leaked,
  };
};
