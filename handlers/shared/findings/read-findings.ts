import { PermanentError } from "../failures";
import { quote } from "../text";
import { readAccessAnalyzer } from "./access-analyzer";
import { cloudTrailDetailType, readCloudTrail } from "./cloudtrail";
import { readConfig } from "./config";
import type { Finding, Ignored } from "./finding";
import { type FindingEvent, type Reader, readFindingEvent } from "./finding-event";
import { readGuardDuty } from "./guardduty";
import { readInspector } from "./inspector";
import { readMacie } from "./macie";
import { readSecurityHub, securityHubDetailTypes } from "./security-hub";
import { readSecurityHubV2 } from "./security-hub-v2";

/** Readers by source and detail type. API calls have the source of the service that was called. */
const readers = new Map<string, ReadonlyMap<string, Reader>>([
  [
    "aws.securityhub",
    new Map([
      ...securityHubDetailTypes.map((detailType) => [detailType, readSecurityHub] as const),
      ["Findings Imported V2", readSecurityHubV2],
    ]),
  ],
  ["aws.guardduty", new Map([["GuardDuty Finding", readGuardDuty]])],
  ["aws.config", new Map([["Config Rules Compliance Change", readConfig]])],
  ["aws.macie", new Map([["Macie Finding", readMacie]])],
  ["aws.inspector2", new Map([["Inspector2 Finding", readInspector]])],
  ["aws.access-analyzer", new Map([["Access Analyzer Finding", readAccessAnalyzer]])],
]);

/** The detail types of all events that can be read. */
export const detailTypes: readonly string[] = [
  ...[...readers.values()].flatMap((ofSource) => [...ofSource.keys()]),
  cloudTrailDetailType,
];

/** Sources whose findings have a severity. */
export const sourcesWithSeverity: readonly string[] = [
  "aws.securityhub",
  "aws.guardduty",
  "aws.macie",
  "aws.inspector2",
];

const findReader = ({ source, detailType }: FindingEvent): Reader => {
  if (detailType === cloudTrailDetailType) return readCloudTrail;
  const ofSource = readers.get(source);
  const reader = ofSource?.get(detailType);
  if (reader !== undefined) return reader;
  const allowed =
    ofSource === undefined
      ? `expected one of ${[...readers.keys()].join(", ")}, or an API call via CloudTrail; found ${quote(source)}`
      : `expected one of ${[...ofSource.keys()].join(", ")}; found ${quote(detailType)}`;
  throw new PermanentError(
    "MalformedEvent",
    `${ofSource === undefined ? "source" : "detail-type"}: ${allowed}`,
  );
};

/**
 * The findings of an event, and what is ignored with the reason: archived, resolved and passed findings, failed API calls
 * and the calls of policy runs themselves.
 * @param options.ownRoles ARNs of the roles of policy runs
 * @param options.fallbackId replaces a missing id of the event
 * @throws PermanentError("MalformedEvent")
 */
export const readFindings = (
  input: unknown,
  { ownRoles = [], fallbackId }: { ownRoles?: readonly string[]; fallbackId?: string } = {},
): { findings: readonly Finding[]; ignored: readonly Ignored[] } => {
  const event = readFindingEvent(input, fallbackId);
  const read = findReader(event)(event, { ownRoles });
  return {
    findings: read.filter((each): each is Finding => !("reason" in each)),
    ignored: read.filter((each): each is Ignored => "reason" in each),
  };
};
