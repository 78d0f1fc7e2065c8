import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const filesIn = (tree: string): string[] =>
  readdirSync(tree, { recursive: true, encoding: "utf8" }).filter((file) => /\.(js|d\.ts)$/.test(file));

const importOfCdktf = /((?:require\(|from |import\()"@?)cdktf(?=["/])/g;

/**
 * Copies the built constructs and has the copy import cdktn and its provider in the place of cdktf's: one source, two
 * trees, because types can name one library only.
 * @throws Error when nothing there imports cdktf
 */
export const buildCdktnTree = (built: string, tree: string): void => {
  cpSync(built, tree, { recursive: true });
  let rewritten = 0;
  for (const file of filesIn(tree)) {
    const path = join(tree, file);
    const text = readFileSync(path, "utf8");
    const result = text.replaceAll(importOfCdktf, "$1cdktn");
    if (result === text) continue;
    writeFileSync(path, result);
    rewritten += 1;
  }
  if (rewritten === 0) throw new Error(`Nothing in ${built} imports cdktf`);
};

// What the package exports: blocks, and what a construct of a user's own is made with.
const isEntry = (file: string): boolean => /(^|\/)index\.js$|^core\/(policy|twin)\.js$/.test(file);

/** Has every entry check first that its peers are installed. */
export const checkPeersFirst = (tree: string): void => {
  for (const file of filesIn(tree).filter(isEntry)) {
    const path = join(tree, file);
    const peers = relative(dirname(file), "core/peers");
    const check = `require("${peers.startsWith(".") ? peers : `./${peers}`}");\n`;
    writeFileSync(path, readFileSync(path, "utf8").replace('"use strict";\n', `$&${check}`));
  }
};
