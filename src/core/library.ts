import { name as library } from "cdktf/package.json";
import type { Construct } from "constructs";
import { ValidationError } from "./errors";

// CDKTF ended with 0.21, CDK Terrain began with 0.22. Both note their version in the same context, and `Testing` a word.
const libraryOf = (version: string): "cdktf" | "cdktn" | undefined => {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined) return undefined;
  return Number(major) > 0 || Number(minor) > 21 ? "cdktn" : "cdktf";
};

const importsFor: Readonly<Record<string, string>> = {
  cdktf: "cdktf-event-driven-ecs/",
  cdktn: "cdktf-event-driven-ecs/cdktn/",
};

/**
 * cdktf and cdktn take each other's objects for their own, and fail in the middle of a synthesis.
 * @throws ValidationError when the app of `scope` is made with the other library
 */
export function checkLibrary(scope: Construct): void {
  const version = String(scope.node.tryGetContext("cdktfVersion"));
  const libraryOfApp = libraryOf(version);
  if (libraryOfApp === undefined || libraryOfApp === library) return;
  throw new ValidationError(
    scope,
    `The app is made with ${libraryOfApp} ${version}, this construct with ${library}. ` +
      `Import it from "${importsFor[libraryOfApp]}…", not from "${importsFor[library]}…"`,
  );
}
