import type { Happened, PlayedRun } from "../../scripts/demo/bottle-sync/play";
import { json, summary } from "../../scripts/demo/bottle-sync/report";
import { transferLine } from "../../scripts/demo/bottle-sync/transfer-line";
import { verifyOutcome } from "../../scripts/demo/bottle-sync/verdict";

const run = (
  outcome: PlayedRun["planned"]["outcome"],
  bottles: number,
  bytes: number,
  sentBytes = bytes,
): PlayedRun => ({ planned: { run: "r", outcome, bottles, bytes }, ends: [], sentBytes });

const bottle = (isRight = true) => ({ key: "v2/a", bytes: 100, isRight, fileName: "a" });

const good: Happened = {
  byFunction: run("function", 1, 100),
  byTask: run("task", 2, 200, 260),
  tasks: 2,
  corruptRefused: 1,
  second: run("nothing-new", 0, 0),
  bottles: [bottle(), bottle(), bottle()],
  client: { named: {}, checked: 3, bytes: 300, failures: [], warnings: [] },
  messages: [
    "Bottle sync started. 1 bottles are downloaded by a function.",
    "Bottle sync succeeded. 1 bottles were mirrored.",
    "Bottle sync started. 2 bottles are downloaded by a task.",
    "Bottle sync succeeded. 2 bottles were mirrored.",
    "Bottle sync: nothing new. The mirror has all 3 bottles that its platforms need.",
  ],
  leaked: { tokens: 0, webhook: 0 },
};

test("says what happened, for people and for programs", () => {
  expect(verifyOutcome(good)).toEqual([]);
  expect(json(good)).toEqual({
    planned: 3,
    mirrored: 3,
    bytes: 300,
    refetchedBytes: 60,
    corruptRefused: 1,
    secondRun: 0,
    clientVerified: true,
    tasks: 2,
    notices: 5,
    leaked: { tokens: 0, webhook: 0 },
  });
  expect(summary(good)).toContain("corrupt refused         1");
});

test.each<[string, Partial<Happened>, RegExp]>([
  ["a task does the little work", { byFunction: run("task", 1, 100) }, /the function must download/],
  ["a function does the much work", { byTask: run("function", 2, 200) }, /a task must download/],
  ["the task was not interrupted", { tasks: 1 }, /there were 1 tasks/],
  ["much is fetched twice", { byTask: run("task", 2, 200, 50_000_000) }, /fetched twice/],
  ["the corrupt bottle was taken", { corruptRefused: 0 }, /refused as corrupt, not 0/],
  ["a bottle is missing", { bottles: [bottle(), bottle()] }, /all 3 bottles must be in the mirror/],
  ["a bottle is wrong", { bottles: [bottle(), bottle(), bottle(false)] }, /1 of them wrong/],
  ["the second run downloads", { second: run("function", 1, 100) }, /must find nothing new/],
  ["no client was played", { client: { ...good.client, checked: 0 } }, /a client must get every bottle/],
  ["a notice is missing", { messages: good.messages.slice(1) }, /Slack must get a notice/],
  ["a notice comes twice", { messages: [...good.messages, good.messages[4]!] }, /Slack must get a notice/],
  ["a token is sent to the storage", { leaked: { tokens: 1, webhook: 0 } }, /no token of the registry/],
  ["a log has the webhook", { leaked: { tokens: 0, webhook: 1 } }, /no log the webhook/],
])("is wrong when %s", (_what, happened, message) => {
  expect(verifyOutcome({ ...good, ...happened })).toEqual([expect.stringMatching(message)]);
});

test("tells how far a transfer is", () => {
  expect(transferLine(0, 4_000_000, 1_000)).toBe(
    "  [....................] 0.0 of 4.0 MB, 0.0 MB/s, ? s left",
  );
  expect(transferLine(1_000_000, 4_000_000, 2_000)).toBe(
    "  [#####...............] 1.0 of 4.0 MB, 0.5 MB/s, 6 s left",
  );
});
