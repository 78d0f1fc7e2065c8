import { basename, dirname } from "node:path";

// The package holds the constructs twice, in dist/src for cdktf and in dist/cdktn.
const library = basename(dirname(__dirname)) === "cdktn" ? "cdktn" : "cdktf";

const isMissing = (peer: string): boolean => {
  try {
    require.resolve(`${peer}/package.json`);
    return false;
  } catch {
    return true;
  }
};

// The build has every entry of the package load this file first. All peers are optional, because npm would install both
// libraries otherwise, and Node's own error for a missing one does not say what to do.
const missing = [library, `@${library}/provider-aws`, "constructs"].filter(isMissing);
if (missing.length > 0) {
  throw new Error(
    `cdktf-event-driven-ecs needs ${missing.join(" and ")}: npm install ${missing.join(" ")}. ` +
      "An app on cdktf imports cdktf-event-driven-ecs/<block>, an app on cdktn cdktf-event-driven-ecs/cdktn/<block>.",
  );
}
