import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { moduleNames } from "../../scripts/module-names";
import { folderWith } from "./folder";

const root = join(__dirname, "../..");
const tsx = require.resolve("tsx");
const libraries = { cdktf: "tsconfig.json", cdktn: "tsconfig.cdktn.json" };
type Library = keyof typeof libraries;

/** Runs a program of the project in a process of its own, whose imports of cdktf are of this library. */
const runWith = (library: Library, program: string, cwd: string, env: NodeJS.ProcessEnv = {}): string => {
  const { targetVersions } = JSON.parse(readFileSync(join(root, "cdktf.json"), "utf8"));
  return execFileSync(process.execPath, ["--import", tsx, join(root, program)], {
    cwd,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: {
      ...process.env,
      TSX_TSCONFIG_PATH: join(root, libraries[library]),
      // What the command line of either library hands over from cdktf.json.
      CDKTF_CONTEXT_JSON: JSON.stringify({ targetVersions }),
      ...env,
    },
  });
};

const synthesizeApp = (library: Library, folder: string) => {
  const outdir = folderWith({});
  runWith(library, "main.ts", folder, { CDKTF_OUTDIR: outdir });
  return JSON.parse(readFileSync(join(outdir, "stacks/event-driven-ecs/cdk.tf.json"), "utf8"));
};

const settings = readFileSync(join(root, "terraform.tfvars.example"), "utf8");

test("every block in every setting synthesizes the same on cdktf and on cdktn", () => {
  const [cdktf, cdktn] = (["cdktf", "cdktn"] as const).map((library) =>
    JSON.parse(runWith(library, "__tests__/app/every-block.ts", root)),
  );
  expect(new Set(Object.keys(cdktf).map((name) => name.split(",")[0]))).toEqual(new Set(moduleNames()));
  expect(cdktn).toEqual(cdktf);
});

test("the app synthesizes the same on cdktf and on cdktn, but for their names and versions", () => {
  const folder = folderWith({ "terraform.tfvars": settings });
  const [cdktf, cdktn] = [synthesizeApp("cdktf", folder), synthesizeApp("cdktn", folder)];
  expect(cdktf["//"].metadata.version).toMatch(/^0\.21\./);
  expect(cdktn["//"].metadata.version).toMatch(/^0\.24\./);
  cdktf["//"].metadata.version = cdktn["//"].metadata.version;
  expect(cdktf.terraform.required_providers.aws.source).toBe("aws");
  expect(cdktn.terraform.required_providers.aws.source).toBe("hashicorp/aws");
  cdktf.terraform.required_providers.aws.source = "hashicorp/aws";
  expect(cdktn).toEqual(cdktf);
});

test.each(["cdktf", "cdktn"] as const)("the app locks its state in S3 itself on %s", (library) => {
  const backend = 'bucket = "states"\nkey = "engines"\nregion = "eu-west-1"\nuse_lockfile = true\n';
  const folder = folderWith({ "terraform.tfvars": settings, "prod.s3.tfbackend": backend });
  const stack = synthesizeApp(library, folder);
  expect(stack.terraform.backend.s3).toMatchObject({ bucket: "states", use_lockfile: true });
});
