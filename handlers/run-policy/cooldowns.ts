import * as v from "valibot";
import { TransientError } from "../shared/failures";
import { fromJson } from "../shared/json";
import type { VersionedBucket } from "../shared/versioned-bucket";

/** What the client token of a first launch is made of, besides the service. */
export type LaunchIdentity = { eventId: string; subKey: string };

const cooldown = v.object({
  launch: v.object({ eventId: v.string(), subKey: v.string() }),
  since: v.pipe(v.string(), v.isoTimestamp()),
});

const maxTries = 5;

export type Cooldowns = {
  /**
   * The launch that stands for all launches of a cooldown: an earlier one, or this one, which then
   * begins a cooldown.
   * @param id of what has a cooldown
   */
  choose(id: string, own: LaunchIdentity, seconds: number): Promise<LaunchIdentity>;
};

/**
 * Cooldowns in the payload bucket. An object names the launch of the cooldown, chosen by a conditional write. It is not a
 * lock: everybody launches with the token of the chosen launch, and ECS starts one task. So whoever crashes, the next one
 * starts the task.
 */
export const createCooldowns = (bucket: VersionedBucket, now: () => number): Cooldowns => ({
  async choose(id, own, seconds) {
    const key = `cooldowns/${id}.json`;
    for (let tries = 0; tries < maxTries; tries++) {
      const object = await bucket.read(key);
      const replaced = object === "unchanged" ? undefined : object;
      const earlier = v.safeParse(cooldown, fromJson(replaced?.text ?? ""));
      if (earlier.success && now() - Date.parse(earlier.output.since) < seconds * 1000)
        return earlier.output.launch;
      const body = JSON.stringify({ launch: own, since: new Date(now()).toISOString() });
      if (await bucket.replace(key, body, replaced)) return own;
    }
    throw new TransientError(
      "CooldownContended",
      `s3://${bucket.name}/${key}: written by others all the time`,
    );
  },
});
