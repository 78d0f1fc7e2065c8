import { createHash } from "node:crypto";

/** Identifies a launch. Every delivery of an event leads to the same key, so that launches are idempotent. */
export type LaunchKey = {
  eventId: string;
  service: string;
  /** Distinguishes several launches of one event for one service. Empty when there is only one. */
  subKey?: string;
  /** 1 for the first attempt. */
  attempt: number;
};

/**
 * The launch id names the launch record, ends `startedBy` of the task, and is the first client token.
 * @param usedTokens how many tokens of the launch ECS has refused although they started no task
 */
export const createClientToken = (
  { eventId, service, subKey = "", attempt }: LaunchKey,
  usedTokens: number,
): string =>
  createHash("sha256")
    .update(
      [eventId, service, ...(subKey && [subKey]), attempt, ...(usedTokens > 0 ? [usedTokens] : [])].join(
        "\n",
      ),
    )
    .digest("base64url");

export const createLaunchId = (key: LaunchKey): string => createClientToken(key, 0);

/** Replaces the characters that `startedBy` and tags do not allow. */
export const sanitizeEventId = (eventId: string, maxLength: number): string =>
  eventId.replaceAll(/[^A-Za-z0-9\-/_]/g, "-").slice(0, maxLength);

// `startedBy` has at most 128 characters (API reference of RunTask), and the launch id has 43.
const maxEventIdLength = 84;

export const createStartedBy = (key: LaunchKey): string =>
  `${sanitizeEventId(key.eventId, maxEventIdLength)}/${createLaunchId(key)}`;

/** The launch id in `startedBy`; undefined for a task that was not launched by this function. */
export const parseLaunchId = (startedBy = ""): string | undefined =>
  /\/([A-Za-z0-9_-]{43})$/.exec(startedBy)?.[1];
