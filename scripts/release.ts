/**
 * Makes a release: `npm run release -- 0.2.0`. Sets the version, dates its section of CHANGELOG.md, builds the bundles and
 * the generated documents anew, packs both trees as a check, then commits and tags. Pushing and publishing are left to
 * you: it prints how.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");

const run = (command: string, ...args: string[]): string => {
  console.log(`> ${command} ${args.join(" ")}`);
  return execFileSync(command, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
};

const edit = (file: string, change: (text: string) => string): void => {
  const path = join(root, file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
};

const types = { feat: "Added", fix: "Fixed", perf: "Faster", docs: "Documented" } as const;

/** What the commits since the last tag say, by kind; the rest is of no interest to a user. */
const commitsByKind = (subjects: readonly string[]): string =>
  Object.entries(types)
    .map(([type, title]) => {
      const lines = subjects.flatMap((subject) => {
        const [, text] = new RegExp(`^${type}(?:\\([^)]*\\))?!?: (.*)`).exec(subject) ?? [];
        return text === undefined ? [] : [`- ${text}`];
      });
      return lines.length > 0 ? `### ${title}\n\n${lines.join("\n")}\n` : "";
    })
    .filter(Boolean)
    .join("\n");

const lastTag = (): string | undefined =>
  run("git", "tag", "--list", "v*", "--sort=-version:refname").split("\n").find(Boolean);

const release = (version: string | undefined): void => {
  if (!/^\d+\.\d+\.\d+$/.test(version ?? "")) {
    throw new Error(
      `npm run release -- <version>: expected a version like 0.2.0, found ${version ?? "nothing"}.`,
    );
  }
  if (run("git", "status", "--porcelain") !== "") {
    throw new Error("There are uncommitted changes. Commit or stash them, then run this again.");
  }
  const since = lastTag();
  const subjects = run("git", "log", "--no-merges", "--format=%s", since ? `${since}..HEAD` : "HEAD").split(
    "\n",
  );
  const day = new Date().toISOString().slice(0, 10);
  edit("CHANGELOG.md", (text) =>
    text.replace(
      /^## Unreleased\n/m,
      `## Unreleased\n\n## ${version} (${day})\n\n${commitsByKind(subjects)}`,
    ),
  );
  run("npm", "version", version!, "--no-git-tag-version", "--allow-same-version");
  run("npm", "run", "docs");
  // The OpenAPI document is in a bundle.
  run("npm", "run", "bundle");
  run("npm", "run", "lint");
  run("npm", "pack", "--dry-run");
  run("git", "commit", "--all", "--message", `build: release ${version}`);
  run("git", "tag", "--annotate", `v${version}`, "--message", version!);
  console.log(`\nRead the commit, then: git push --follow-tags && npm publish`);
};

try {
  release(process.argv[2]);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
