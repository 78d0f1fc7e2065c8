import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createLog } from "../../../handlers/shared/log";
import { RealClock } from "../../../local/clock";
import { createLocalAws } from "../../../local/create-local-aws";
import type { Fault } from "../../../local/faults";
import { type QueueWork, workOnQueue } from "../../../worker/queue/work-on-queue";

const visibilitySeconds = 1;

/** A queue with these messages, and what a worker does with them until `until` resolves. */
const work = async (
  bodies: string[],
  until: (seen: string[]) => boolean,
  more: Partial<Pick<QueueWork, "handle" | "protection" | "isReady">> = {},
  faults: Fault[] = [],
) => {
  const clock = new RealClock();
  const local = createLocalAws({ clock, faults });
  const sqs = new SQSClient({
    ...local.clientConfig,
    requestHandler: local.requestHandler(),
    maxAttempts: 1,
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "work" }));
  for (const MessageBody of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const seen: string[] = [];
  const calls: string[] = [];
  const stop = new AbortController();
  const working = workOnQueue({
    sqs,
    queueUrl: QueueUrl!,
    visibilitySeconds,
    waitSeconds: 0,
    idleMs: 10,
    log: createLog("ERROR", (line) => calls.push(JSON.parse(line).message)),
    signal: stop.signal,
    protection: {
      on: async () => {
        calls.push("on");
        return true;
      },
      off: async () => void calls.push("off"),
    },
    ...more,
    handle: async (message, lost) => {
      seen.push(message.Body!);
      return (await more.handle?.(message, lost)) ?? "done";
    },
  });
  while (!until(seen)) await sleep(5);
  stop.abort();
  await working;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  clock.stop();
  return { seen, calls, visible: Messages.map(({ Body }) => Body) };
};

test("protects the task before it receives a message, and not while it is idle", async () => {
  let idle = false;
  const { calls, seen, visible } = await work(["a"], (all) => all.length === 1 && idle, {
    protection: {
      on: async () => true,
      off: async () => {
        idle = true;
      },
    },
  });
  expect([seen, visible, calls]).toEqual([["a"], [], []]);
  const { calls: states } = await work(["a"], ({ length }) => length === 1);
  expect(states.slice(0, 1)).toEqual(["on"]);
});

test("receives nothing while the task cannot be protected", async () => {
  let attempts = 0;
  const { seen, visible } = await work(["a"], () => attempts >= 3, {
    protection: { on: async () => ++attempts < 0, off: async () => {} },
  });
  expect([seen, visible]).toEqual([[], ["a"]]);
});

test("receives nothing while what the work needs cannot be used, and the task is not protected meanwhile", async () => {
  let attempts = 0;
  const { seen, visible, calls } = await work(["a"], () => attempts >= 3, {
    isReady: async () => ++attempts < 0,
  });
  expect([seen, visible]).toEqual([[], ["a"]]);
  expect(new Set(calls)).toEqual(new Set(["off"]));
});

test("keeps a message hidden for as long as it works on it", async () => {
  const { seen, visible } = await work(["a"], ({ length }) => length === 1, {
    handle: async () => {
      await sleep(2_500);
      return "done";
    },
  });
  expect([seen, visible]).toEqual([["a"], []]);
});

test("says so when a message is not hidden any more", async () => {
  let isLost = false;
  await work(
    ["a"],
    () => isLost,
    {
      handle: async (_message, lost) => {
        lost.addEventListener("abort", () => {
          isLost = true;
        });
        while (!lost.aborted) await sleep(20);
        return "done";
      },
    },
    [{ service: "sqs", action: "ChangeMessageVisibility", fault: "reset", when: "before" }],
  );
  expect(isLost).toBe(true);
});

test("receives a message again after an error, and after the time it is told", async () => {
  let times = 0;
  const { seen } = await work(["a"], ({ length }) => length === 3, {
    handle: async () => {
      times += 1;
      if (times === 1) throw new Error("the database is down");
      return times === 2 ? { againAfterSeconds: 0 } : "done";
    },
  });
  expect(seen).toEqual(["a", "a", "a"]);
});
