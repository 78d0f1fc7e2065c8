import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Copy, DockerfileParser, type From, type Instruction } from "dockerfile-ast";
import { build } from "esbuild";

const root = join(__dirname, "../..");
const dockerfile = DockerfileParser.parse(readFileSync(join(root, "worker/Dockerfile"), "utf8"));

type Stage = { name: string; image: string; instructions: Instruction[] };
const stages: Stage[] = [];
for (const instruction of dockerfile.getInstructions()) {
  if (instruction.getKeyword() === "FROM") {
    const from = instruction as From;
    stages.push({ name: from.getBuildStage()!, image: from.getImage()!, instructions: [] });
  } else stages.at(-1)?.instructions.push(instruction);
}
const stage = (name: string): Stage => stages.find((each) => each.name === name)!;
const of = (name: string, keyword: string): string[] =>
  stage(name)
    .instructions.filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => String(instruction).replace(`${keyword} `, ""));
const copies = stages.flatMap(({ instructions }) =>
  instructions.filter((instruction) => instruction.getKeyword() === "COPY"),
) as Copy[];

/** The defaults of the bases, which a build can replace by digests. */
const bases = Object.fromEntries(
  dockerfile
    .getInitialARGs()
    .map((arg) => arg.getProperty()!)
    .map((property) => [property.getName(), property.getValue()!]),
);

/** The worker with the licences of the packages in it. */
const program = "--from=build /build/dist/worker/main.js /build/dist/worker/THIRD-PARTY-LICENSES.txt ./";

test("has bases that are pinned to a patch version, of the same Debian", () => {
  expect(bases).toEqual({
    NODE: expect.stringMatching(/^node:22\.\d+\.\d+-bookworm-slim$/),
    PYTHON: expect.stringMatching(/^python:3\.\d+\.\d+-slim-bookworm$/),
  });
  const names = stages.map(({ name }) => name);
  for (const { image } of stages)
    expect(["${NODE}", "${PYTHON}", ...names.filter((name) => name !== "worker")]).toContain(image);
});

test("makes the image without Cloud Custodian by default", () => {
  expect(stages.at(-1)).toMatchObject({ name: "worker", image: "node" });
  expect(stage("node").image).toBe("${NODE}");
  expect(of("worker", "COPY")).toEqual([program]);
});

test("makes the policy runner of Python's base, Node.js, Cloud Custodian and the worker, and of no build tools", () => {
  expect(stage("policy-runner").image).toBe("${PYTHON}");
  expect(of("policy-runner", "COPY")).toEqual([
    "--from=node /usr/local/bin/node /usr/local/bin/node",
    "--from=custodian /opt/custodian /opt/custodian",
    program,
  ]);
  expect(of("policy-runner", "RUN")).toEqual([]);
});

test("installs what requirements-custodian.txt pins", () => {
  expect(of("custodian", "COPY")).toEqual(["requirements-custodian.txt ./"]);
  expect(of("custodian", "RUN").join()).toContain("--requirement requirements-custodian.txt");
  const requirements = readFileSync(join(root, "requirements-custodian.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  expect(requirements[0]).toMatch(/^c7n==/);
  for (const requirement of requirements) expect(requirement).toMatch(/^[\w-]+==[\w.]+$/);
});

test.each(["worker", "policy-runner"])("%s runs as no root, and gets signals itself", (name) => {
  expect(of(name, "USER")).toEqual(["1000:1000"]);
  expect(of(name, "ENTRYPOINT")).toEqual(['["node", "main.js"]']);
});

test("has a place for temporary files with a read-only root file system", () => {
  expect(of("policy-runner", "VOLUME")).toEqual(["/tmp"]);
  const environment = of("policy-runner", "ENV").join(" ");
  for (const variable of ["PYTHONDONTWRITEBYTECODE=1", "HOME=/tmp", "CUSTODIAN=/opt/custodian/bin/custodian"])
    expect(environment).toContain(variable);
});

test("copies nothing that .dockerignore keeps from the build", async () => {
  const allowed = readFileSync(join(root, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  const copied = copies
    .filter((copy) => copy.getFromFlag() === null)
    .flatMap((copy) => copy.getArguments().slice(0, -1))
    .map((argument) => argument.getValue())
    .filter((path) => path !== ".");
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["worker/main.ts"],
    bundle: true,
    platform: "node",
    packages: "external",
    metafile: true,
    write: false,
  });
  const bundled = Object.keys(metafile.inputs).map((path) => path.split("/")[0]!);
  for (const path of [...copied, ...bundled]) expect(allowed).toContain(path);
});
