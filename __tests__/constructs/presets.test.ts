import { readFindings } from "../../handlers/shared/findings/read-findings";
import { matchesPattern } from "../../local/event-pattern";
import { eventPattern } from "../../src/event-rule/pattern";
import {
  type EventPreset,
  type PresetOptions,
  presetPattern,
  presets,
  severitiesOf,
} from "../../src/event-rule/presets";
import { fixtureNames, ownRole, readFixture } from "../../testing/findings";

/** The events that the rule of a preset sends, by EventBridge's own rules of matching. */
const matchedBy = (preset: EventPreset, options: Partial<PresetOptions> = {}): string[] => {
  const { eventSource = [], eventNames = [], minimumSeverity } = options;
  // As JSON, which leaves out what is not set.
  const pattern = JSON.parse(
    JSON.stringify(eventPattern(presetPattern(preset, { eventSource, eventNames, minimumSeverity }))),
  );
  return fixtureNames.filter((name) => matchesPattern(pattern, readFixture(name)));
};

const buckets = { eventSource: ["aws.s3"], eventNames: ["CreateBucket"] };
const actions = { eventNames: ["Remediate"] };

test.each<[EventPreset, Partial<PresetOptions>, string[]]>([
  [
    "security_hub",
    {},
    ["aggregated", "imported", "other-product", "two-findings"].map((name) => `security-hub-${name}`),
  ],
  [
    "security_hub",
    { minimumSeverity: "HIGH" },
    ["aggregated", "imported", "two-findings"].map((name) => `security-hub-${name}`),
  ],
  ["security_hub_custom_action", actions, ["security-hub-custom-action"]],
  ["security_hub_custom_action", { ...actions, minimumSeverity: "CRITICAL" }, []],
  ["security_hub_custom_action", { eventNames: ["Notify"] }, []],
  // What has passed is new too: the function ignores it.
  ["security_hub_v2", {}, ["compliance", "detection", "passed"].map((name) => `security-hub-v2-${name}`)],
  ["security_hub_v2", { minimumSeverity: "MEDIUM" }, ["security-hub-v2-compliance"]],
  ["guardduty", {}, fixtureNames.filter((name) => name.startsWith("guardduty-"))],
  ["guardduty", { minimumSeverity: "CRITICAL" }, ["guardduty-attack-sequence", "guardduty-bucket"]],
  ["config", {}, ["config-account", "config-bucket", "config-database", "config-user"]],
  ["macie", {}, ["macie-archived", "macie-policy", "macie-sensitive-data"]],
  ["macie", { minimumSeverity: "HIGH" }, ["macie-archived", "macie-policy"]],
  // What is deleted or could not be analyzed is active too: the function ignores it.
  ["access_analyzer", {}, ["bucket", "deleted", "error", "role"].map((name) => `access-analyzer-${name}`)],
  [
    "inspector",
    {},
    ["administrator", "function", "image", "instance", "reachability", "untriaged"].map(
      (name) => `inspector-${name}`,
    ),
  ],
  ["inspector", { minimumSeverity: "HIGH" }, ["inspector-function", "inspector-reachability"]],
  ["cloudtrail", buckets, ["cloudtrail-create-bucket", "cloudtrail-manual-test"]],
])("%s with %j sends what it should, and nothing else", (preset, options, expected) => {
  expect(matchedBy(preset, options).sort()).toEqual([...expected].sort());
});

const everyCall = {
  eventSource: ["aws.s3", "aws.ec2", "aws.iam", "aws.rds", "aws.sts", "aws.glue"],
  eventNames: fixtureNames
    .filter((name) => name.startsWith("cloudtrail-"))
    .map((name) => String((readFixture(name).detail as { eventName: unknown }).eventName)),
};

test("each finding that a policy can be run for is sent by one preset", () => {
  const sent = presets.flatMap((preset) =>
    matchedBy(
      preset,
      preset === "cloudtrail" ? everyCall : preset === "security_hub_custom_action" ? actions : {},
    ),
  );
  expect(new Set(sent).size).toBe(sent.length);
  const acted = fixtureNames.filter(
    (name) =>
      readFindings(readFixture(name), { ownRoles: [ownRole], fallbackId: "delivery-1" }).findings.length > 0,
  );
  expect(acted.filter((name) => !sent.includes(name))).toEqual([]);
});

test("a severity sends no event of a lower one, in any preset", () => {
  for (const [preset, severities] of Object.entries(severitiesOf) as [EventPreset, string[]][])
    for (const minimumSeverity of severities as PresetOptions["minimumSeverity"][])
      for (const name of matchedBy(preset, { minimumSeverity, ...actions })) {
        const order = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];
        const { findings } = readFindings(readFixture(name));
        const highest = Math.max(-1, ...findings.map(({ severity }) => order.indexOf(severity ?? "")));
        // Archived findings are sent, and ignored.
        if (findings.length > 0) expect(highest).toBeGreaterThanOrEqual(order.indexOf(minimumSeverity!));
      }
});
