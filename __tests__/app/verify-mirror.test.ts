import { join } from "node:path";
import { packagesPathOf } from "../../bottles/api-files/api-paths";
import { blobKeyOf, indexKeyOf, indexUrlOf } from "../../bottles/names";
import { sampleOf } from "../../bottles/verify-mirror/sample";
import { verifyMirrorCommand } from "../../cli/verify-mirror";
import { createApiFiles, createCorpus, createSigner, serveHomebrew } from "../../testing/homebrew";
import { ObjectStore, serveObjectStore } from "../../testing/object-store";
import { folderWith } from "./folder";

const platforms = ["arm64_tahoe", "x86_64_linux"];
const corpus = createCorpus({ seed: 5, bottles: 40, scale: 0.001 });
const signer = createSigner();
const folder = folderWith({
  "key.pem": signer.publicKey,
  "other.pem": createSigner().publicKey,
  "text.pem": "no key",
});

/** What the registry and the API have, as a mirror has it. */
const contents = new Map<string, Buffer>();
beforeAll(async () => {
  const homebrew = await serveHomebrew({ corpus });
  try {
    const bottles = homebrew.bottles();
    for (const bottle of bottles) {
      const read = corpus.bottles.find(({ sha256 }) => sha256 === bottle.sha256)!;
      const pieces: Buffer[] = [];
      for (let at = 0; at < bottle.size; at += pieces.at(-1)!.length) pieces.push(read.read(at, bottle.size));
      contents.set(blobKeyOf(bottle), Buffer.concat(pieces));
      const answer = await fetch(indexUrlOf(bottle), { headers: { authorization: "Bearer QQ==" } });
      contents.set(indexKeyOf(bottle), Buffer.from(await answer.arrayBuffer()));
    }
    for (const [path, text] of createApiFiles(bottles, platforms, signer))
      contents.set(`api/${path}`, Buffer.from(text));
  } finally {
    homebrew.stop();
  }
});

const objects = new ObjectStore();
let mirror: Awaited<ReturnType<typeof serveObjectStore>>;
let url: string;
beforeAll(async () => {
  mirror = await serveObjectStore(objects);
  url = `${mirror.endpoint}/mirror`;
});
afterAll(() => mirror.stop());
beforeEach(() => {
  objects.objects.clear();
  for (const [key, body] of contents) objects.put(key, body);
});

const run = async (
  ...args: string[]
): Promise<{ status: number; stdout: string; error: string | undefined }> => {
  let stdout = "";
  let error: string | undefined;
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await verifyMirrorCommand.parseAsync(args, { from: "user" });
  } catch (thrown) {
    error = (thrown as Error).message;
  } finally {
    write.mockRestore();
  }
  const status = Number(process.exitCode);
  process.exitCode = before;
  return { status, stdout, error };
};

const verify = (...more: string[]) =>
  run(
    url,
    "--key",
    join(folder, "key.pem"),
    ...platforms.flatMap((platform) => ["--platform", platform]),
    ...more,
  );

const wanted = () =>
  new Map(
    corpus.bottles
      .filter(({ tag }) => tag === "all" || platforms.includes(tag))
      .map((bottle) => [blobKeyOf(bottle), bottle]),
  );

test("a mirror that a client can install from: all of it is fetched, and it exits with 0", async () => {
  const bottles = [...wanted().values()];
  const { status, stdout } = await verify("--sample", "all", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    url,
    ok: true,
    checked: bottles.length,
    bytes: bottles.reduce((sum, { size }) => sum + size, 0),
    failures: [],
  });
  expect(status).toBe(0);
});

test("a sample is fetched by default, and old files that are missing are a warning", async () => {
  const { status, stdout } = await verify("--sample", "1");
  expect(stdout).toMatch(
    /^warning: .*formula_tap_migrations.jws.json: 404; clients of brew 4 and 5 need it$/m,
  );
  expect(stdout).toMatch(/^[12] bottles? fetched, .* in \d s: 0 failures, 2 warnings\.$/m);
  expect(status).toBe(0);
});

const change = (key: string, edit: (body: Buffer) => Buffer | undefined): void => {
  const body = edit(Buffer.from(contents.get(key)!));
  if (body === undefined) objects.objects.delete(key);
  else objects.put(key, body);
};
const flip = (body: Buffer): Buffer => {
  body[body.length >> 1]! ^= 1;
  return body;
};
const some = () =>
  corpus.bottles.find(({ formula, tag }) => formula.includes("@") && tag !== "arm64_sonoma")!;

test.each<[string, () => void, () => string]>([
  [
    "a bottle with a changed byte",
    () => change(blobKeyOf(some()), flip),
    () => `${blobKeyOf(some())}: expected the digest ${some().sha256}, found `,
  ],
  [
    "a missing bottle",
    () => change(blobKeyOf(some()), () => undefined),
    () => `${blobKeyOf(some())}: status 404`,
  ],
  [
    "a missing index",
    () => change(indexKeyOf(some()), () => undefined),
    () => `${indexKeyOf(some())}: status 404`,
  ],
  [
    "an index that is no index",
    () => change(indexKeyOf(some()), () => Buffer.from("<html>")),
    () => `${indexKeyOf(some())}: expected an OCI image index`,
  ],
  [
    "an index of other bottles",
    () => change(indexKeyOf(some()), () => Buffer.from('{"manifests": []}')),
    () => `${indexKeyOf(some())}: expected the entry`,
  ],
  [
    "a signed file with a changed byte",
    () => change(`api/${packagesPathOf("arm64_tahoe")}`, flip),
    () => "internal/packages.arm64_tahoe.jws.json: expected",
  ],
  [
    "no file of a platform",
    () => change(`api/${packagesPathOf("arm64_tahoe")}`, () => undefined),
    () => "packages.arm64_tahoe.jws.json: status 404",
  ],
  [
    "the file of another platform",
    () =>
      objects.put(
        `api/${packagesPathOf("arm64_tahoe")}`,
        contents.get(`api/${packagesPathOf("x86_64_linux")}`)!,
      ),
    () => 'metadata.bottle_tag: expected "arm64_tahoe", found "x86_64_linux"',
  ],
  [
    "an old signed file with a changed byte",
    () => change("api/formula.jws.json", flip),
    () => "formula.jws.json: ",
  ],
])("%s is named in one line, and it exits with 1", async (_what, damage, message) => {
  damage();
  const { status, stdout } = await verify("--sample", "all");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(/: [12] failures?, \d warnings\.$/);
  const failures = lines.slice(0, -1).filter((line) => !line.startsWith("warning: "));
  // Bottles of two platforms have one index.
  expect(failures.length).toBeGreaterThanOrEqual(1);
  for (const failure of failures) expect(failure).toContain(message());
  expect(status).toBe(1);
});

test("the signature of another key is a failure for each file", async () => {
  const { status, stdout } = await run(url, "--key", join(folder, "other.pem"), "--platform", "arm64_tahoe");
  expect(stdout).toMatch(/^packages.arm64_tahoe: .*expected a signature of the public key that was given/m);
  expect(status).toBe(1);
});

test("a mirror that redirects to another host is not followed: a client has no other network", async () => {
  const redirecting = await serveHomebrew({
    corpus,
    faults: () => ({ kind: "redirectTo", url: "https://formulae.brew.sh/api/formula.jws.json" }),
  });
  try {
    const { status, stdout } = await run(
      redirecting.url,
      "--key",
      join(folder, "key.pem"),
      "--platform",
      "arm64_tahoe",
    );
    expect(stdout).toMatch(/^packages.arm64_tahoe: .*expected one of the hosts 127.0.0.1$/m);
    expect(status).toBe(1);
  } finally {
    redirecting.stop();
  }
});

test.each<[string[], string]>([
  [["mirror.example.com", "--key", "x"], 'The mirror\'s URL is "mirror.example.com"; it takes an https URL'],
  [["https://mirror.example.com", "--key", join(folder, "none.pem")], "there is no such file or folder"],
  [
    ["https://mirror.example.com", "--key", join(folder, "text.pem")],
    "public key: expected an RSA key in PEM",
  ],
  [["https://m", "--key", "x", "--sample", "0"], '--sample is "0"; it takes a whole number from 1, or all.'],
  [["https://m", "--key", "x", "--platform", "Sonoma"], '--platform is "Sonoma"; it takes a platform'],
])("%j is refused", async (args, message) => {
  expect((await run(...args)).error).toContain(message);
});

test("a sample has so many items, or all", () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  for (const count of [1, 7, 50]) expect(sampleOf(items, count, Math.random)).toHaveLength(count);
  expect(sampleOf(items, Number.POSITIVE_INFINITY, Math.random)).toEqual(items);
});
