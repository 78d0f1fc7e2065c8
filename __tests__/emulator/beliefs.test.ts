import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beliefs } from "../../conformance/beliefs";
import { beliefTables } from "../../conformance/document";

const root = join(__dirname, "..", "..");
const text = (file: string) => readFileSync(join(root, file), "utf8");

test("every belief has an id of its own, and every id is in the document", () => {
  const ids = beliefs.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(id))).toEqual([]);
  const document = text("docs/aws-behaviour.md");
  expect(document.endsWith(beliefTables())).toBe(true);
  const rows = document.matchAll(/^\| `([a-z0-9-]+)` \| /gm);
  expect([...rows].map(([, id]) => id).sort()).toEqual([...ids].sort());
});

test("what each belief says of its certainty begins with a word that the document explains", () => {
  const words = [...text("docs/aws-behaviour.md").matchAll(/^- \*\*([a-z ]+)\*\*/gm)].map(([, word]) => word);
  expect(words).toContain("measured");
  const begins = (certainty: string) => words.some((word) => certainty.startsWith(word ?? " "));
  expect(beliefs.filter(({ certainty }) => !begins(certainty)).map(({ id }) => id)).toEqual([]);
});

// A place that has moved must be found again, or what falls with a belief would be told wrongly.
test.each(beliefs.map(({ id, code }) => [id, code] as const))(
  "the code that rests on %s is there",
  (_, code) => {
    expect(Object.keys(code).length).toBeGreaterThan(0);
    const lost = Object.entries(code).filter(
      ([file, part]) => !existsSync(join(root, file)) || !text(file).includes(part),
    );
    expect(lost).toEqual([]);
  },
);

test("the tests that hold local AWS to beliefs are there", () => {
  const named = beliefs.flatMap(({ tests = "" }) =>
    [...tests.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
  );
  const isThere = (file: string) => existsSync(join(root, file)) || existsSync(join(__dirname, file));
  expect(named.filter((file) => !isThere(file))).toEqual([]);
});
