import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import {
  type ClaimedObject,
  claimObject,
  completeObject,
  createJob,
  type Database,
  DatabaseUnavailable,
  type FoundValue,
  failObject,
  getJob,
  releaseObject,
  renewLease,
  setObjectVersion,
  skipObject,
} from "../../../scan-database";
import { createScanAccount, errorXml } from "../../../testing/scan-account";
import type { ScanDatabases } from "../../../testing/scan-database";
import { finding } from "../../../testing/scan-job";

/** What a scan of an object leads to. `deadly` kills every worker. */
export type Kind = "plain" | "bad" | "image" | "deadly";

export const workers = 3;
export const maxAttempts = 3;
const leaseSeconds = 300;

export type StoredObject = { key: string; kind: Kind; version: number };

/** What is in a version of an object: other lines in each, and one line twice. */
export const contentOf = (key: string, version: number): FoundValue[] => {
  const lines = Array.from({ length: (key.length * 3 + version * 5) % 7 }, (_, index) => index + version);
  return [...lines, ...lines.slice(0, 1)].map((line) => finding(line));
};

type Scan = { object: ClaimedObject; receipt: string; found?: { version: number } };

const etagOf = (version: number): string => `"${version}"`;

/** A bucket, its job, the function list-objects with its queue, and workers that follow the protocol of claims. */
export const createScanWorld = async (databases: ScanDatabases, kinds: readonly Kind[]) => {
  const name = await databases.create();
  const [main, ...ofWorkers] = Array.from({ length: workers + 1 }, () => databases.connect(name)) as [
    Database,
    ...Database[],
  ];
  const objects: StoredObject[] = kinds.map((kind, index) => ({ key: `${kind}-${index}`, kind, version: 1 }));
  /** Pages that S3 lists before it fails. */
  let pagesLeft = Number.POSITIVE_INFINITY;
  const account = await createScanAccount(main, {
    intercept: (service) => {
      if (service !== "s3" || pagesLeft-- > 0) return undefined;
      return { status: 503, body: errorXml("SlowDown") };
    },
    bucket: {
      // One object a page, so that a listing can be interrupted.
      list: (_prefix, after) => {
        const next = objects.filter(({ key }) => key > after).sort((a, b) => (a.key < b.key ? -1 : 1));
        return { objects: next.slice(0, 1), isTruncated: next.length > 1 };
      },
    },
    environment: { MAX_ATTEMPTS: maxAttempts },
  });
  const { jobId } = await createJob(main, {
    name: "job",
    bucket: "data",
    prefix: undefined,
    idempotencyKey: "key",
    requestHash: "hash",
    windowSeconds: 600,
  });
  const scans: (Scan | undefined)[] = [];
  /** Claims of each object that were not given back. */
  const deaths = new Map<number, number>();
  const { sqs, queueUrl: QueueUrl } = account;

  const deleteMessage = (ReceiptHandle: string) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  /** A call that a worker repeats when it does not know whether it has committed. Other failures end its work. */
  const persist = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
    for (let attempt = 1; attempt <= 4; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable)) throw error;
      }
    }
    return undefined;
  };

  const receive = async (worker: number): Promise<void> => {
    if (scans[worker] !== undefined) return;
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const [message] = Messages;
    if (message === undefined) return;
    const receipt = message.ReceiptHandle!;
    const objectId = Number((JSON.parse(message.Body!) as { object_id: string }).object_id);
    const options = { worker: `worker-${worker}`, leaseSeconds, maxAttempts };
    // A claim whose commit is unknown is a worker that died.
    const result = await claimObject(ofWorkers[worker]!, objectId, options).catch((error: unknown) => {
      if (error instanceof DatabaseUnavailable) deaths.set(objectId, (deaths.get(objectId) ?? 0) + 1);
      else throw error;
    });
    if (result?.outcome === "claimed") {
      deaths.set(objectId, (deaths.get(objectId) ?? 0) + 1);
      scans[worker] = { object: result.object, receipt };
    } else if (result && result.outcome !== "leased" && result.outcome !== "absent")
      await deleteMessage(receipt);
  };

  const read = async (worker: number): Promise<void> => {
    const scan = scans[worker];
    if (scan === undefined) return;
    const { key, version } = objects.find((each) => each.key === scan.object.key)!;
    const etag = etagOf(version);
    scan.found = { version };
    if (etag === scan.object.etag) return;
    const isMine = await persist(() =>
      setObjectVersion(ofWorkers[worker]!, scan.object, { etag, sizeBytes: key.length }),
    );
    if (isMine === true) scan.object.etag = etag;
    else scans[worker] = undefined;
  };

  /** @param deletes false: the worker dies between its commit and the end of the message */
  const finish = async (worker: number, deletes: boolean): Promise<void> => {
    if (scans[worker]?.found === undefined) await read(worker);
    const scan = scans[worker];
    if (scan?.found === undefined) return;
    scans[worker] = undefined;
    const { object, receipt, found } = scan;
    const kind = objects.find(({ key }) => key === object.key)!.kind;
    const own = ofWorkers[worker]!;
    if (kind === "deadly") return;
    const isDone = await persist(async () => {
      if (kind === "bad") return failObject(own, object, "it cannot be decrypted");
      if (kind === "image") return skipObject(own, object, "an image");
      const findings = contentOf(object.key, found.version);
      return (
        (await completeObject(own, { ...object, findings, detectorVersion: "1" })).outcome === "completed"
      );
    });
    if (isDone === true && deletes) await deleteMessage(receipt);
  };

  const renew = async (worker: number): Promise<void> => {
    const scan = scans[worker];
    if (scan === undefined) return;
    const renewed = await persist(() => renewLease(ofWorkers[worker]!, scan.object, leaseSeconds));
    if (renewed !== "renewed") scans[worker] = undefined;
  };

  const release = async (worker: number): Promise<void> => {
    const scan = scans[worker];
    if (scan === undefined) return;
    scans[worker] = undefined;
    await persist(() => releaseObject(ofWorkers[worker]!, scan.object, { countsAsAttempt: false }));
  };

  const passTime = async (minutes: number): Promise<void> => {
    const past = (column: string): string => `${column} = ${column} - make_interval(mins => ${minutes})`;
    await persist(() =>
      main.transaction(async (query) => {
        // Objects before jobs, as everybody.
        await query(
          `UPDATE job_objects SET ${["created_at", "enqueued_at", "lease_until"].map(past).join(", ")}`,
        );
        await query(
          `UPDATE jobs SET ${["created_at", "updated_at", "listing_lease_until"].map(past).join(", ")}`,
        );
      }),
    );
    await account.clock.advance(minutes * 60_000);
  };

  /** Invokes list-objects, which may fail as long as a later invocation does its work. */
  const invoke = async (event: unknown): Promise<void> => {
    await account.invoke(event).catch(() => {});
    for (const next of account.invocations.splice(0)) await account.invoke(next).catch(() => {});
  };

  return {
    jobId,
    objects,
    deaths,
    main,
    receive,
    read,
    finish,
    renew,
    release,
    crash: async (worker: number): Promise<void> => {
      scans[worker] = undefined;
    },
    passTime,
    /** A worker is so slow that another one scans a newer version of its object meanwhile. Chance alone is rarely so mean. */
    overtake: async (slow: number, fast: number): Promise<void> => {
      await receive(slow);
      await read(slow);
      for (const object of objects) object.version += 1;
      await passTime(6);
      await receive(fast);
      await read(fast);
      await finish(slow, true);
    },
    /** The listing is interrupted after so many objects. */
    list: async (pages: number): Promise<void> => {
      pagesLeft = pages;
      await invoke({ job_id: jobId });
    },
    sweep: () => invoke({ sweep: true }),
    overwrite: (index: number): void => {
      const object = objects[index % Math.max(objects.length, 1)];
      if (object) object.version += 1;
    },
    loseMessages: async (): Promise<void> => {
      await account.purge();
    },
    doubleMessage: async (index: number): Promise<void> => {
      const { rows } = await main.read((query) =>
        query<{ object_id: number }>("SELECT object_id FROM job_objects ORDER BY object_id"),
      );
      const row = rows[index % Math.max(rows.length, 1)];
      if (row === undefined) return;
      const MessageBody = JSON.stringify({ object_id: String(row.object_id) });
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    crashDatabase: async (): Promise<void> => {
      await databases.server.pause("immediate");
      await databases.server.resume();
    },
    loseConnections: () =>
      databases.asSuperuser(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND usename = 'scanner_master'`,
      ),
    etagOf,
    /** Everything works from now on. @returns the job in the end */
    settle: async () => {
      pagesLeft = Number.POSITIVE_INFINITY;
      for (let worker = 0; worker < workers; worker++) scans[worker] = undefined;
      for (let round = 0; round < 40; round++) {
        await passTime(20);
        await invoke({ sweep: true });
        for (let turn = 0; turn < 2 * kinds.length + 2; turn++) {
          await receive(0);
          await finish(0, true);
        }
        const job = await getJob(main, jobId);
        if (job!.completedAt !== null) return job!;
      }
      throw new Error(`the job does not end: ${JSON.stringify(await getJob(main, jobId))}`);
    },
    rows: async () => {
      const objectRows = await main.read((query) =>
        query<{
          object_id: number;
          s3_key: string;
          s3_etag: string;
          status: string;
          findings_count: number;
          error_message: string | null;
        }>("SELECT * FROM job_objects"),
      );
      const findingRows = await main.read((query) =>
        query<{ object_id: number; s3_etag: string; line_number: number }>(
          "SELECT object_id, s3_etag, line_number FROM findings ORDER BY line_number",
        ),
      );
      return { objectRows: objectRows.rows, findingRows: findingRows.rows };
    },
  };
};

export type ScanWorld = Awaited<ReturnType<typeof createScanWorld>>;
