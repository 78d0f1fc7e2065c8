import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { consume } from "../../../bottles/http/consume";

test("reads a body to its end, and nothing while a chunk is taken", async () => {
  const body = new PassThrough();
  let isTaking = false;
  let read = "";
  for (const text of ["one ", "two ", "three"]) body.write(text);
  body.end();
  await consume(body, (chunk) => {
    expect(isTaking).toBe(false);
    isTaking = true;
    return sleep(5).then(() => {
      read += chunk.toString();
      isTaking = false;
    });
  });
  expect(read).toBe("one two three");
});

test("fails after a broken connection only when what was begun has ended", async () => {
  const body = new PassThrough();
  const events: string[] = [];
  body.write("one");
  const reading = consume(body, () =>
    sleep(30).then(() => {
      events.push("taken");
    }),
  ).catch((error: Error) => events.push(error.message));
  await sleep(5);
  body.destroy(new Error("broken"));
  await reading;
  expect(events).toEqual(["taken", "broken"]);
});

test.each([
  [
    "at once",
    () => {
      throw new Error("full");
    },
  ],
  ["later", () => Promise.reject(new Error("full"))],
])("fails when a chunk cannot be taken: %s", async (_when, take) => {
  const body = new PassThrough();
  body.write("one");
  await expect(consume(body, take)).rejects.toThrow("full");
  expect(body.destroyed).toBe(true);
});

test("fails when somebody closes the body", async () => {
  const body = new PassThrough();
  setTimeout(() => body.destroy(), 5);
  await expect(consume(body, () => undefined)).rejects.toThrow("the connection was closed");
});
