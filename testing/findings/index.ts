import { readdirSync, readFileSync } from "node:fs";

/** Names of the events in this folder, without `.json`. docs/aws-behaviour.md says where their formats are from. */
export const fixtureNames: readonly string[] = readdirSync(__dirname)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length));

/** An event of a source of findings, as EventBridge delivers it. */
export const readFixture = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`${__dirname}/${name}.json`, "utf8"));

/** The role of policy runs in `cloudtrail-own-call`. */
export const ownRole = "arn:aws:iam::123456789012:role/tasks/custodian-worker";
