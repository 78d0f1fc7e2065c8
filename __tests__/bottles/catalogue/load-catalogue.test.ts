import { loadCatalogue } from "../../../bottles/catalogue/load-catalogue";
import { catalogueKey, readStoredCatalogue } from "../../../bottles/catalogue/stored-catalogue";
import { createHttp } from "../../../bottles/http";
import { createStore } from "../../../bottles/store/store";
import { createCorpus, type Fault, type Homebrew, serveHomebrew } from "../../../testing/homebrew";
import { connectionTo, ObjectStore } from "../../../testing/object-store";

const corpus = createCorpus({ seed: 1, bottles: 60, scale: 0.0001 });
const apiFiles = new Map<string, string>();
let homebrew: Homebrew;
const http = createHttp({ connections: 2 });
beforeAll(async () => {
  homebrew = await serveHomebrew({ corpus, apiFiles });
});
beforeEach(() => {
  apiFiles.clear();
  homebrew.setFaults(() => undefined);
});
afterAll(() => {
  homebrew.stop();
  http.close();
});

const names = new Set(corpus.bottles.map(({ formula }) => formula));

const setUp = () => {
  const objects = new ObjectStore();
  const store = createStore("mirror", connectionTo(objects));
  const load = () =>
    loadCatalogue({ store, http, url: homebrew.catalogueUrl, retries: { sleep: async () => {} } });
  return { objects, store, load };
};

const realText = async (): Promise<object[]> =>
  (await fetch(homebrew.catalogueUrl)).json() as Promise<object[]>;

test("reads the catalogue, and keeps it for the next run, which is told that it has not changed", async () => {
  const { objects, load } = setUp();
  const first = await load();
  expect(first.formulae).toHaveLength(names.size);
  expect(first.problems).toEqual([]);
  const kept = objects.objects.get(catalogueKey)!;
  const second = await load();
  expect(second).toEqual(first);
  expect(objects.objects.get(catalogueKey)).toBe(kept);
});

test("a catalogue of another URL is not the one that was kept, even if its ETag is the same", async () => {
  const { store, load } = setUp();
  await load();
  const text = await (await fetch(homebrew.catalogueUrl)).text();
  const other = await serveHomebrew({ corpus, apiFiles: new Map([["formula.json", text]]) });
  try {
    await loadCatalogue({ store, http, url: other.catalogueUrl });
    expect((await readStoredCatalogue(store))?.url).toBe(other.catalogueUrl);
  } finally {
    other.stop();
  }
});

test("a kept catalogue that is damaged is fetched again", async () => {
  const { objects, load, store } = setUp();
  await load();
  objects.put(catalogueKey, Buffer.from("not gzip"));
  expect(await readStoredCatalogue(store)).toBeUndefined();
  expect((await load()).formulae).toHaveLength(names.size);
});

test.each<[string, string, string]>([
  ["no JSON", "<html>", "MalformedCatalogue"],
  ["empty", "[]", "EmptyCatalogue"],
  [
    "without bottles",
    JSON.stringify([{ name: "a", versions: { stable: "1" }, bottle: {} }]),
    "EmptyCatalogue",
  ],
  ["an object", "{}", "MalformedCatalogue"],
])("a catalogue that is %s is an error with the URL, and the last one is kept", async (_what, text, name) => {
  const { objects, load } = setUp();
  await load();
  const kept = objects.objects.get(catalogueKey);
  apiFiles.set("formula.json", text);
  const error = await load().catch((thrown: Error) => thrown);
  expect(error).toMatchObject({
    name,
    message: expect.stringContaining(`${homebrew.catalogueUrl}: expected`),
  });
  expect(objects.objects.get(catalogueKey)).toBe(kept);
});

test("a catalogue that has shrunk is an error that says what to do", async () => {
  const { load } = setUp();
  await load();
  const all = await realText();
  apiFiles.set("formula.json", JSON.stringify(all.slice(0, Math.floor(0.79 * all.length))));
  await expect(load()).rejects.toThrow(
    `expected about ${names.size} formulae with bottles, as last time, found ${Math.floor(0.79 * all.length)}. If this is right, delete s3://mirror/sync/catalogue.jsonl.gz`,
  );
  apiFiles.set("formula.json", JSON.stringify(all.slice(0, Math.ceil(0.8 * all.length))));
  expect((await load()).formulae).toHaveLength(Math.ceil(0.8 * all.length));
});

test("of a formula that is broken now, what was known last is kept", async () => {
  const { load, store } = setUp();
  const { formulae } = await load();
  const all = await realText();
  apiFiles.set("formula.json", JSON.stringify([{ ...all[0], versions: 7 }, ...all.slice(1)]));
  const loaded = await load();
  expect(loaded.problems).toEqual([expect.stringContaining(`${formulae[0]!.name}: versions`)]);
  expect(loaded.formulae).toHaveLength(formulae.length);
  expect(loaded.formulae).toContainEqual(formulae[0]);
  expect((await readStoredCatalogue(store))?.formulae).toContainEqual(formulae[0]);
});

test("a catalogue of which many formulae are broken is an error", async () => {
  const { load } = setUp();
  const all = await realText();
  const broken = all.map((formula, index) => (index < 4 ? { ...formula, versions: 7 } : formula));
  apiFiles.set("formula.json", JSON.stringify(broken));
  await expect(load()).rejects.toThrow(`found 4 of ${all.length} that cannot be read`);
});

test.each<[string, Fault, string]>([
  ["404", { kind: "status", status: 404 }, "status 404"],
  ["403", { kind: "status", status: 403 }, "status 403"],
  ["an endless redirect", { kind: "endlessRedirect" }, "more than 5 redirects"],
  ["a redirect to http", { kind: "redirectTo", url: "http://example.com/" }, "expected https"],
  ["a body that always breaks", { kind: "reset", afterBytes: 10 }, "ended early"],
])("%s is an error with a clear reason", async (_what, fault, message) => {
  const { load } = setUp();
  homebrew.setFaults(() => fault);
  await expect(load()).rejects.toThrow(message);
});

test("a catalogue is fetched again when the server is busy for a moment", async () => {
  const { load } = setUp();
  let busy = 2;
  homebrew.setFaults(() => (busy-- > 0 ? { kind: "status", status: 503, retryAfterSeconds: 1 } : undefined));
  expect((await load()).formulae).toHaveLength(names.size);
});
