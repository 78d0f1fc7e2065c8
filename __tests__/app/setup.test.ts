import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "./folder";

const setup = join(__dirname, "../../scripts/setup");

/** Runs a line of JavaScript in a process of its own, as the commands run before anything is installed. */
function run(code: string, environment: Record<string, string>): { stdout: string; stderr: string } {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["-e", `try { ${code} } catch (error) { console.error(error.message) }`],
    { cwd: setup, encoding: "utf8", env: { HOME: "/nowhere", ...environment } },
  );
  return { stdout: stdout.trim(), stderr: stderr.trim() };
}

const writeCommand = (folder: string, name: string, script: string): void =>
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

/** A folder for PATH in which each command prints one text. */
function commands(texts: Readonly<Record<string, string>>): string {
  const folder = folderWith({});
  for (const [name, text] of Object.entries(texts)) writeCommand(folder, name, `echo '${text}'`);
  return folder;
}

const terraform = (version: string): string => `Terraform v${version}\non linux_amd64`;
const openTofu = (version: string): string => `OpenTofu v${version}\non linux_amd64`;
const good = { python3: "3.11.7", terraform: terraform("1.5.0") };

const check = (texts: Readonly<Record<string, string>>, environment: Record<string, string> = {}) =>
  run('require("./index.cjs").checkPrerequisites(); console.log("good")', {
    PATH: commands(texts),
    ...environment,
  });

describe("prerequisites", () => {
  test("the oldest versions allowed", () => {
    expect(check({ python3: "3.10.0", terraform: terraform("1.5.0") })).toEqual({
      stdout: "good",
      stderr: "",
    });
  });

  test("python, where python3 is too old", () => {
    expect(check({ ...good, python3: "3.9.1", python: "3.12.0" }).stdout).toBe("good");
  });

  test.each([
    [
      "no Python",
      { terraform: good.terraform },
      /^Python is missing.*3\.10 or later is needed\.\nInstall it/,
    ],
    [
      "an old Python",
      { ...good, python3: "3.9.1", python: "2.7.18" },
      /^Python is too old \(python3 is 3\.9\.1, python is 2\.7\.18\): 3\.10 or later is needed\.\nInstall/,
    ],
    [
      "no Terraform",
      { python3: good.python3 },
      /^Terraform is missing: "terraform", on PATH, .*Terraform 1\.5 or OpenTofu 1\.6 .*\nInstall/,
    ],
    [
      "an old Terraform",
      { ...good, terraform: terraform("1.4.7") },
      /^Terraform 1\.4\.7 \("terraform", on PATH\) is too old: 1\.5 or later is needed\.\nInstall a newer one from .*Terraform 1\.5 or OpenTofu 1\.6/,
    ],
    [
      "what is neither Terraform nor OpenTofu",
      { ...good, terraform: "Terragrunt v0.60" },
      /^"terraform", on PATH, is neither Terraform nor OpenTofu: "terraform version" prints "Terragrunt v0\.60"\.\nSet /,
    ],
  ])("%s", (_, texts, message) => {
    expect(check(texts)).toEqual({ stdout: "", stderr: expect.stringMatching(message) });
  });

  test("everything that is missing is told at once", () => {
    expect(check({}).stderr).toMatch(/^Python is missing[\s\S]*\n\nTerraform is missing/);
  });

  test("an old Node", () => {
    const old = 'Object.defineProperty(process.versions, "node", { value: "18.19.0" });';
    const { stderr } = run(`${old} require("./index.cjs").checkPrerequisites()`, { PATH: commands(good) });
    expect(stderr).toMatch(/^Node 18\.19\.0 is too old: 20\.9 or later is needed\.\nInstall/);
  });

  test("TERRAFORM_BINARY_NAME is taken instead of terraform", () => {
    const elsewhere = join(commands({ tf: terraform("1.11.4") }), "tf");
    expect(check({ python3: good.python3 }, { TERRAFORM_BINARY_NAME: elsewhere }).stdout).toBe("good");
    expect(check(good, { TERRAFORM_BINARY_NAME: "/not/there" }).stderr).toMatch(
      /^Terraform is missing: "\/not\/there", from TERRAFORM_BINARY_NAME,/,
    );
  });

  test("OpenTofu may be chosen, if it is new enough", () => {
    const choose = (version: string) =>
      check({ ...good, tofu: openTofu(version) }, { TERRAFORM_BINARY_NAME: "tofu" });
    expect(choose("1.6.0").stdout).toBe("good");
    expect(choose("1.5.7").stderr).toMatch(
      /^OpenTofu 1\.5\.7 \("tofu", from TERRAFORM_BINARY_NAME\) is too old: 1\.6 or later is needed\.\nInstall a newer one from/,
    );
  });

  test("the modules' own tests need later versions", () => {
    const checkForTests = (
      texts: Readonly<Record<string, string>>,
      environment: Record<string, string> = {},
    ) =>
      run('require("./index.cjs").checkPrerequisites("test"); console.log("good")', {
        PATH: commands({ ...good, ...texts }),
        ...environment,
      });
    expect(checkForTests({ terraform: terraform("1.11.0") }).stdout).toBe("good");
    expect(checkForTests({ terraform: terraform("1.10.5") }).stderr).toMatch(
      /^Terraform 1\.10\.5 \("terraform", on PATH\) is too old for the tests of the modules: 1\.11 or later is needed\.\nInstall/,
    );
    const chosen = { TERRAFORM_BINARY_NAME: "tofu" };
    expect(checkForTests({ tofu: openTofu("1.12.0") }, chosen).stdout).toBe("good");
    expect(checkForTests({ tofu: openTofu("1.11.9") }, chosen).stderr).toMatch(
      /^OpenTofu 1\.11\.9 .*1\.12 or later/,
    );
  });

  test("a CLI configuration that does not exist is not handed to Terraform", () => {
    const PATH = commands(good);
    writeCommand(PATH, "terraform", `test -z "$TF_CLI_CONFIG_FILE" && echo '${good.terraform}'`);
    const ask = (file: string) =>
      run('require("./index.cjs").checkPrerequisites(); console.log("good")', {
        PATH,
        TF_CLI_CONFIG_FILE: file,
      });
    expect(ask("/not/there.rc").stdout).toBe("good");
    expect(ask(__filename).stderr).toMatch(/^Terraform is missing/);
  });
});

describe("the Python tools are installed", () => {
  /** What a virtual environment's commands are called with. */
  function calls({ config = "", uv = 0 }: { config?: string; uv?: number }): string[] {
    const venv = folderWith({});
    const noted = (name: string) => `echo "${name} $*" >> ${venv}/calls`;
    writeCommand(venv, "python", `${noted("python")}\ncase "$*" in *config*) echo "${config}";; esac`);
    writeCommand(venv, "uv", `${noted("uv")}\nexit ${uv}`);
    run(`require("./install-requirements.cjs").installRequirements("${venv}/python", "tools.txt")`, {
      PATH: process.env.PATH!,
    });
    const lines = readFileSync(join(venv, "calls"), "utf8").trim().split("\n");
    return lines.map((line) => line.replaceAll(`${venv}/`, "").replace(" --disable-pip-version-check", ""));
  }
  const asked = "python -m pip config list";
  const withUv = [/^python -m pip install uv==/, "uv pip install --python python -r tools.txt"];
  const withPip = "python -m pip install --quiet -r tools.txt";
  const matching = (lines: readonly (string | RegExp)[]) =>
    lines.map((line) => (typeof line === "string" ? line : expect.stringMatching(line)));

  test("by uv", () => expect(calls({})).toEqual(matching([asked, ...withUv])));

  test.each(["global.index-url", "install.extra-index-url", "global.no-index", ":env:.proxy"])(
    "by pip, where its configuration has %s",
    (name) => expect(calls({ config: `${name}=there` })).toEqual([asked, withPip]),
  );

  test("by pip, where uv fails", () =>
    expect(calls({ uv: 2 })).toEqual(matching([asked, ...withUv, withPip])));
});

describe("a mirror of the provider on this machine", () => {
  const target = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  const find = (folders: readonly string[], environment: Record<string, string> = {}) =>
    run(
      `console.log(require("./provider-mirror.cjs").findProvider("5.100.0", process.env.CONFIGURATION, ${JSON.stringify(folders)}))`,
      environment,
    ).stdout;

  test("is found some folders deep, whatever host it is for, unpacked or packed, through links", () => {
    const software = folderWith({});
    mkdirSync(join(software, "vendor/mirror/registry.example/hashicorp/aws/5.100.0", target), {
      recursive: true,
    });
    const inMirror = join("registry.example/hashicorp/aws/5.100.0", target);
    expect(find([software])).toBe(join(software, "vendor/mirror", inMirror));

    const linked = folderWith({});
    symlinkSync(join(software, "vendor"), join(linked, "link"));
    expect(find([linked])).toBe(join(linked, "link/mirror", inMirror));

    const packed = folderWith({});
    const provider = join(packed, "registry.example/hashicorp/aws");
    mkdirSync(provider, { recursive: true });
    writeFileSync(join(provider, `terraform-provider-aws_5.100.0_${target}.zip`), "");
    expect(find([packed])).toBe(join(provider, `terraform-provider-aws_5.100.0_${target}.zip`));
  });

  test("must have the version and be for this machine", () => {
    const software = folderWith({});
    const provider = join(software, "registry.example/hashicorp/aws");
    mkdirSync(join(provider, "5.99.0", target), { recursive: true });
    mkdirSync(join(provider, "5.100.0/plan9_mips"), { recursive: true });
    expect(find([software])).toBe("undefined");
  });

  test("Terraform's implied folders come first", () => {
    const home = folderWith({});
    const implied = join(home, ".terraform.d/plugins");
    const provider = join(implied, "registry.example/hashicorp/aws/5.100.0", target);
    mkdirSync(provider, { recursive: true });
    expect(find([], { HOME: home })).toBe(provider);
  });

  test("so do the mirrors of the CLI configuration, which may have it for another host only", () => {
    const mirror = folderWith({});
    const provider = join(mirror, "registry.example/hashicorp/aws/5.100.0", target);
    mkdirSync(provider, { recursive: true });
    const text = `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`;
    const CONFIGURATION = join(folderWith({ "terraform.rc": text }), "terraform.rc");
    expect(find([], { CONFIGURATION })).toBe(provider);
  });

  test("serves Terraform and OpenTofu from one package, also when it has been moved", () => {
    const work = folderWith({});
    const installed = join(work, "root/registry.example/hashicorp/aws/5.100.0", target);
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, "terraform-provider-aws_v5.100.0"), "program");
    const { stdout, stderr } = run(
      `const { hosts, isComplete, layMirror, target } = require("./provider-mirror.cjs");
      const fs = require("node:fs");
      layMirror(process.env.WORK + "/mirror", "5.100.0", process.env.INSTALLED, process.env.WORK);
      const moved = process.env.WORK + "/moved";
      fs.renameSync(process.env.WORK + "/mirror", moved);
      const read = (host) => fs.readFileSync([moved, host, "hashicorp/aws/5.100.0", target, "terraform-provider-aws_v5.100.0"].join("/"), "utf8");
      console.log(JSON.stringify([hosts.length, ...hosts.map(read), isComplete(moved, "5.100.0"), isComplete(moved, "5.99.0")]))`,
      { WORK: work, INSTALLED: installed },
    );
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([2, "program", "program", true, false]);
  });
});

describe("a step of set-up", () => {
  const steps = `
    const { once } = require("./once.cjs");
    const product = process.argv[1];
    const fs = require("node:fs");
    const step = (input, make = () => fs.writeFileSync(product, input)) =>
      once("test-step-" + process.pid, { inputs: [input], exists: () => fs.existsSync(product), make: () => { console.log("made " + input); make(); } });
    process.on("exit", () => fs.rmSync(require("./project.cjs").local + "/test-step-" + process.pid + ".stamp", { force: true }));`;
  const made = (code: string): string[] => {
    const product = join(folderWith({}), "product");
    const { stdout } = spawnSync(process.execPath, ["-e", `${steps}\n${code}`, product], {
      cwd: setup,
      encoding: "utf8",
    });
    return stdout.trim().split("\n");
  };

  test("is done once for the same inputs", () => {
    expect(made('step("a"); step("a");')).toEqual(["made a"]);
  });

  test("is done again when the inputs change or the product is gone", () => {
    expect(made('step("a"); step("b"); fs.rmSync(product); step("b");')).toEqual([
      "made a",
      "made b",
      "made b",
    ]);
  });

  test("that fails leaves what was made before as done", () => {
    const failing = 'try { step("b", () => { throw new Error("no network") }) } catch {}';
    expect(made(`step("a"); ${failing} step("a");`)).toEqual(["made a", "made b"]);
  });

  test("is done again after it was interrupted", () => {
    const halfway = 'step("a", () => { fs.writeFileSync(product, "half"); throw new Error("interrupted") })';
    expect(made(`try { ${halfway} } catch {} step("a"); step("a");`)).toEqual(["made a", "made a"]);
  });
});
