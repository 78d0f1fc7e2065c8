import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { truncateName } from "../../handlers/shared/text";
import type { Letter } from "../dead-letters/letter";
import { readLogEvents } from "../log-lines";

/** What the function logs of an event. */
type Line = Record<string, unknown>;

/** The lines about events that a function has logged since a time. A function that has never run has no log group yet. */
export const readEventLines = async (
  logs: CloudWatchLogsClient,
  logGroupName: string,
  startTime: number,
): Promise<Line[]> =>
  ((await readLogEvents(logs, { logGroupName, startTime, term: "eventId" })) ?? []).map(
    ({ fields }) => fields,
  );

/** What the log says of a letter that was sent again. */
export type LoggedEvent = {
  launches: { taskArn: string; duplicate: boolean }[];
  /** How a task of the letter has ended, by its ARN, and why. */
  ends: Map<string, { end: string; reason: string }>;
  /** Why the policy runner has nothing to run. */
  nothingToRun: string | undefined;
};

const launchMessages = ["task launched", "launch is in the queue"];
const duplicateMessage = "duplicate event: its task exists";
const endMessage = "task has ended";
const nothingMessages = ["no mapping takes the finding", "finding is ignored", "event has no findings"];

const truncated = (name: string | undefined) => (name === undefined ? undefined : truncateName(name));
const isOfRun = (line: Line, { run }: Letter): boolean =>
  run === undefined ||
  (line.finding === truncated(run.finding) &&
    line.resource === truncated(run.resource) &&
    (run.mapping === undefined || line.mapping === run.mapping));

/** Finds the lines of a letter. Lines of earlier attempts are not about it. */
export function findLogged(lines: readonly Line[], letter: Letter): LoggedEvent {
  const eventId = truncated(letter.eventId);
  const own = lines.filter(
    (line) =>
      eventId !== undefined &&
      line.eventId === eventId &&
      Number(line.attempt ?? 1) >= letter.attempt &&
      isOfRun(line, letter),
  );
  const launches = own
    .filter(({ message }) => message === duplicateMessage || launchMessages.includes(String(message)))
    .map(({ message, taskArn }) => ({ taskArn: String(taskArn), duplicate: message === duplicateMessage }));
  const arns = [letter.taskArn, ...launches.map(({ taskArn }) => taskArn)];
  const ends = lines
    .filter(({ message, taskArn }) => message === endMessage && arns.includes(String(taskArn)))
    .map(
      ({ taskArn, end, reason, cause }) =>
        [String(taskArn), { end: String(end), reason: String(reason ?? cause ?? "") }] as const,
    );
  const nothing = own.find(({ message }) => nothingMessages.includes(String(message)));
  return {
    launches,
    ends: new Map(ends),
    nothingToRun: nothing && [nothing.message, nothing.reason].filter(Boolean).join(": "),
  };
}
