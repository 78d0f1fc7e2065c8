// The build has every entry of the package load this file first. All peers are optional, because npm would install both
// libraries otherwise, and Node's own error for a missing one does not say what to do. The calls are written out, so that
// the build can name the other library in them and a bundler can include what they load.
const loads = [
  () => require("cdktf/package.json"),
  () => require("@cdktf/provider-aws/package.json"),
  () => require("constructs/package.json"),
];

const missing = loads.flatMap((load) => {
  try {
    load();
    return [];
  } catch (error) {
    const [, name] = /'(.+)\/package\.json'/.exec(String(error)) ?? [];
    if (name === undefined) throw error;
    return [name];
  }
});
if (missing.length > 0) {
  throw new Error(
    `cdktf-event-driven-ecs needs ${missing.join(" and ")}: npm install ${missing.join(" ")}. ` +
      "An app on cdktf imports cdktf-event-driven-ecs/<block>, an app on cdktn cdktf-event-driven-ecs/cdktn/<block>.",
  );
}

export {};
