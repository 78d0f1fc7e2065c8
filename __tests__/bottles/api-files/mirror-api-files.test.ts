import { formulaPath, packagesPathOf } from "../../../bottles/api-files/api-paths";
import { type MirrorApiFilesParts, mirrorApiFiles } from "../../../bottles/api-files/mirror-api-files";
import { bottlesOfPackages } from "../../../bottles/api-files/named-bottles";
import { parsePublicKey, verifySignature } from "../../../bottles/api-files/verify-signature";
import { createHttp } from "../../../bottles/http";
import { blobKeyOf } from "../../../bottles/names";
import { createStore } from "../../../bottles/store/store";
import { createLog } from "../../../handlers/shared/log";
import {
  createApiFiles,
  createCorpus,
  createSigner,
  formulaeOf,
  type Homebrew,
  serveHomebrew,
  toPackages,
} from "../../../testing/homebrew";
import { connectionTo, ObjectStore } from "../../../testing/object-store";

const corpus = createCorpus({ seed: 2, bottles: 40, scale: 0.0001 });
const signer = createSigner();
const publicKey = parsePublicKey(signer.publicKey);
const platforms = ["arm64_tahoe", "x86_64_linux"];
const paths = [...platforms.map(packagesPathOf), formulaPath];
const apiFiles = new Map<string, string>();
let homebrew: Homebrew;
const http = createHttp({ connections: 2 });
beforeAll(async () => {
  homebrew = await serveHomebrew({ corpus, apiFiles });
});
beforeEach(() => {
  apiFiles.clear();
  for (const [path, text] of createApiFiles(homebrew.bottles(), platforms, signer)) apiFiles.set(path, text);
  homebrew.setFaults(() => undefined);
});
afterAll(() => {
  homebrew.stop();
  http.close();
});

const setUp = ({ withBottles = true }: { withBottles?: boolean } = {}) => {
  const objects = new ObjectStore();
  const puts: string[] = [];
  const connection = connectionTo(objects, {
    intercept: ({ method, key }) => {
      if (method === "PUT") puts.push(key);
      return undefined;
    },
  });
  if (withBottles) for (const bottle of corpus.bottles) objects.put(blobKeyOf(bottle), Buffer.from("bytes"));
  const asked: string[] = [];
  const run = (more: Partial<MirrorApiFilesParts> = {}) =>
    mirrorApiFiles({
      store: createStore("mirror", connection),
      http,
      apiUrl: `${homebrew.url}/api`,
      paths,
      publicKey,
      registry: homebrew.url,
      mirror: async (bottles) => {
        for (const bottle of bottles) {
          asked.push(bottle.url);
          objects.put(blobKeyOf(bottle), Buffer.from("bytes"));
        }
      },
      log: createLog("ERROR"),
      retries: { sleep: async () => {} },
      ...more,
    });
  const published = () => objects.keys("api/").map((key) => key.slice("api/".length));
  return { objects, run, puts, asked, published };
};

test("publishes signed files byte for byte, for clients that ask again after a short time", async () => {
  const { objects, run } = setUp();
  expect(await run()).toEqual({ published: paths, unchanged: [], problems: [] });
  for (const path of paths) {
    const { body, cacheControl, contentType } = objects.objects.get(`api/${path}`)!;
    expect(body.toString()).toBe(apiFiles.get(path));
    expect([cacheControl, contentType]).toEqual(["public, max-age=900", "application/json"]);
  }
});

test("does not fetch again what has not changed", async () => {
  const { run, puts } = setUp();
  await run();
  puts.length = 0;
  apiFiles.set(formulaPath, signer.sign("[]"));
  expect(await run()).toEqual({
    published: [formulaPath],
    unchanged: platforms.map(packagesPathOf),
    problems: [],
  });
  expect(puts).toEqual([`api/${formulaPath}`]);
});

test("a file that was deleted from the mirror is published again", async () => {
  const { objects, run, published } = setUp();
  await run();
  objects.objects.delete(`api/${formulaPath}`);
  await run();
  expect(published().toSorted()).toEqual(paths.toSorted());
});

test.each(["payload", "signature"])(
  "one changed byte in the %s of one file: none is published",
  async (part) => {
    const { run, published } = setUp();
    const path = packagesPathOf("x86_64_linux");
    const text = apiFiles.get(path)!;
    const bytes = Buffer.from(text);
    bytes[part === "payload" ? text.indexOf("stable_version") : text.length - 20]! ^= 1;
    apiFiles.set(path, bytes.toString());
    await expect(run()).rejects.toMatchObject({
      name: "BadSignature",
      message: expect.stringContaining(`${homebrew.url}/api/${path}: expected`),
    });
    expect(published()).toEqual([]);
  },
);

test("a signed file of another platform is refused", async () => {
  const { run, published } = setUp();
  apiFiles.set(packagesPathOf("arm64_tahoe"), apiFiles.get(packagesPathOf("x86_64_linux"))!);
  await expect(run()).rejects.toThrow('metadata.bottle_tag: expected "arm64_tahoe", found "x86_64_linux"');
  expect(published()).toEqual([]);
});

test("bottles that only the API names are mirrored before it is published", async () => {
  const { run, asked, puts } = setUp({ withBottles: false });
  await run();
  const wanted = new Set(
    platforms.flatMap((platform) =>
      bottlesOfPackages(
        verifySignature(Buffer.from(apiFiles.get(packagesPathOf(platform))!), publicKey),
        platform,
        homebrew.url,
      ).map(({ url }) => url),
    ),
  );
  expect(new Set(asked)).toEqual(wanted);
  expect(asked).toHaveLength(wanted.size);
  expect(puts.every((key) => key.startsWith("api/"))).toBe(true);
});

test("bottles that cannot be mirrored are named, and the files are published", async () => {
  const { run } = setUp({ withBottles: false });
  const { published, problems } = await run({ mirror: async () => {} });
  expect(published).toEqual(paths);
  expect(problems).toEqual([
    expect.stringMatching(/^\d+ bottles that the API names could not be mirrored: /),
  ]);
});

test("a file that the API does not have is named, and the others are published", async () => {
  const { run } = setUp();
  const { published, problems } = await run({ paths: [packagesPathOf("arm64_tahoo"), ...paths] });
  expect(published).toEqual(paths);
  expect(problems).toEqual([
    `${homebrew.url}/api/internal/packages.arm64_tahoo.jws.json: expected a file, found none (404)`,
  ]);
});

test("an API that fails publishes nothing", async () => {
  const { run, published } = setUp();
  homebrew.setFaults(({ path }) =>
    path.endsWith(formulaPath) ? { kind: "status", status: 500 } : undefined,
  );
  await expect(run()).rejects.toThrow("status 500");
  expect(published()).toEqual([]);
});

test("a packages file names bottles by what Homebrew leaves out and how it writes tags", () => {
  const payload = {
    metadata: { bottle_tag: "arm64_tahoe" },
    formulae: {
      "gtk+3": { stable_version: "3.24", revision: 2, bottle_rebuild: 1, bottle_checksum: "AB".repeat(32) },
      zlib: { stable_version: "1.3", bottle_tag: ":all", bottle_checksum: "cd".repeat(32) },
      source: { stable_version: "1.0" },
    },
  };
  expect(bottlesOfPackages(JSON.stringify(payload), "arm64_tahoe")).toEqual([
    {
      formula: "gtk+3",
      version: "3.24_2",
      rebuild: 1,
      tag: "arm64_tahoe",
      sha256: "ab".repeat(32),
      url: `https://ghcr.io/v2/homebrew/core/gtkx3/blobs/sha256:${"ab".repeat(32)}`,
    },
    {
      formula: "zlib",
      version: "1.3",
      rebuild: 0,
      tag: "all",
      sha256: "cd".repeat(32),
      url: `https://ghcr.io/v2/homebrew/core/zlib/blobs/sha256:${"cd".repeat(32)}`,
    },
  ]);
});

test("the stand-in's packages files name the bottles of its catalogue", () => {
  const bottles = homebrew.bottles();
  const named = bottlesOfPackages(
    toPackages(formulaeOf(bottles), "arm64_tahoe"),
    "arm64_tahoe",
    homebrew.url,
  );
  for (const bottle of named) expect(bottles).toContainEqual(expect.objectContaining(bottle));
  expect(named.length).toBeGreaterThan(5);
});
