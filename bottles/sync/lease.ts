import * as v from "valibot";
import { fromJson } from "../../handlers/shared/json";
import { type Log, toErrorFields } from "../../handlers/shared/log";
import { ownFolder } from "../names";
import type { Store } from "../store/store";
import { every, type Timers } from "./timers";

/** Key of the object that one run at a time holds. */
export const leaseKey = `${ownFolder}lease.json`;

const leaseMs = 90_000;
const renewMs = 20_000;
const pollMs = 5_000;

const lease = v.object({ run: v.string(), owner: v.string(), expiresAt: v.number() });

export type Lease = {
  /** Aborts when somebody else has the lease. */
  lost: AbortSignal;
  release(): Promise<void>;
};

export type LeaseParts = {
  store: Pick<Store, "read" | "write">;
  timers: Timers;
  log: Log;
  run: string;
  /** Tells this process from others of the same run. */
  owner: string;
  /** Aborts the wait for the lease. */
  stop: AbortSignal;
};

/**
 * Takes the lease, so that two runs do not download the same bottles. A run that was killed holds it for at most 90 s more,
 * which this call waits for.
 * @returns the name of the run that holds it, if it is alive
 * @throws Error when S3 did not answer; the reason of `stop` when it aborts
 */
export const takeLease = async ({
  store,
  timers,
  log,
  run,
  owner,
  stop,
}: LeaseParts): Promise<Lease | { holder: string }> => {
  const lost = new AbortController();
  let mine: { etag: string } | undefined;

  const write = async (expiresAt: number, only: "absent" | { etag: string }): Promise<boolean> => {
    const body = JSON.stringify({ run, owner, expiresAt });
    return store.write(leaseKey, body, { only, contentType: "application/json" });
  };
  const read = async () => {
    const object = await store.read(leaseKey);
    if (object === undefined) return undefined;
    const parsed = v.safeParse(lease, fromJson(object.bytes.toString("utf8")));
    // What nobody can read keeps nobody out.
    const {
      run: holder,
      owner: holdingOwner,
      expiresAt,
    } = parsed.success ? parsed.output : { run: "", owner: "", expiresAt: 0 };
    return { etag: object.etag, holder, holdingOwner, expiresAt };
  };
  /** Reads what was written, of which the answer to a write has no ETag that all stores agree on. */
  const confirm = async (): Promise<void> => {
    const found = await read();
    if (found?.holdingOwner === owner) mine = { etag: found.etag };
    else lost.abort(new Error(`the lease was taken by the run ${found?.holder ?? "of nobody"}`));
  };

  let firstSeen: number | undefined;
  for (;;) {
    const found = await read();
    const now = timers.now();
    if (found === undefined || found.expiresAt <= now) {
      if (await write(now + leaseMs, found ?? "absent")) break;
      continue;
    }
    firstSeen ??= found.expiresAt;
    // Its holder has renewed it.
    if (found.expiresAt > firstSeen) return { holder: found.holder };
    await timers.sleep(Math.min(pollMs, found.expiresAt - now + 1), stop);
  }
  await confirm();

  let validUntil = timers.now() + leaseMs;
  const renew = async (): Promise<void> => {
    if (mine === undefined) return;
    try {
      const expiresAt = timers.now() + leaseMs;
      if (!(await write(expiresAt, mine))) {
        mine = undefined;
        await confirm();
        return;
      }
      validUntil = expiresAt;
      await confirm();
    } catch (error) {
      log.warn("lease not renewed", toErrorFields(error));
      if (timers.now() >= validUntil) lost.abort(new Error("the lease could not be renewed"));
    }
  };
  const end = every(timers, renewMs, renew);
  return {
    lost: lost.signal,
    async release() {
      await end();
      if (mine === undefined || lost.signal.aborted) return;
      await write(0, mine).catch((error: unknown) => log.warn("lease not released", toErrorFields(error)));
    },
  };
};
