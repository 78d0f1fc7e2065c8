import type { DetailPattern, EventPattern } from "./pattern";

export const severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;

export type Severity = (typeof severities)[number];

export const presets = [
  "security_hub",
  "guardduty",
  "config",
  "macie",
  "access_analyzer",
  "inspector",
  "cloudtrail",
] as const;

export type EventPreset = (typeof presets)[number];

/** The severities that findings of a preset have; a preset that is not here has none. */
export const severitiesOf = {
  security_hub: severities,
  guardduty: severities,
  inspector: severities,
  macie: ["LOW", "MEDIUM", "HIGH"],
} satisfies { readonly [preset in EventPreset]?: readonly Severity[] };

/** What a preset takes from the props of its rule. */
export interface PresetOptions {
  readonly minimumSeverity?: Severity;
  readonly eventSource: readonly string[];
  readonly eventNames: readonly string[];
}

export const presetPattern = (preset: EventPreset, options: PresetOptions): EventPattern =>
  patterns[preset](options);

const patterns: { readonly [preset in EventPreset]: (options: PresetOptions) => EventPattern } = {
  security_hub: ({ minimumSeverity }) => ({
    source: ["aws.securityhub"],
    detailType: ["Security Hub Findings - Imported"],
    detail: {
      findings: {
        RecordState: ["ACTIVE"],
        Workflow: { Status: ["NEW"] },
        ...(minimumSeverity && { Severity: { Label: severitiesFrom(minimumSeverity) } }),
      },
    },
  }),
  guardduty: ({ minimumSeverity }) => ({
    source: ["aws.guardduty"],
    detailType: ["GuardDuty Finding"],
    detail: minimumSeverity
      ? { severity: [{ numeric: [">=", guarddutySeverity[minimumSeverity]] }] }
      : anyDetail,
  }),
  config: () => ({
    source: ["aws.config"],
    detailType: ["Config Rules Compliance Change"],
    detail: { newEvaluationResult: { complianceType: ["NON_COMPLIANT"] } },
  }),
  macie: ({ minimumSeverity }) => ({
    source: ["aws.macie"],
    detailType: ["Macie Finding"],
    detail: minimumSeverity
      ? { severity: { description: severitiesFrom(minimumSeverity, severitiesOf.macie).map(title) } }
      : anyDetail,
  }),
  access_analyzer: () => ({
    source: ["aws.access-analyzer"],
    detailType: ["Access Analyzer Finding"],
    detail: { status: ["ACTIVE"] },
  }),
  inspector: ({ minimumSeverity }) => ({
    source: ["aws.inspector2"],
    detailType: ["Inspector2 Finding"],
    detail: {
      status: ["ACTIVE"],
      ...(minimumSeverity && { severity: severitiesFrom(minimumSeverity) }),
    },
  }),
  cloudtrail: ({ eventSource, eventNames }) => ({
    source: eventSource,
    detailType: ["AWS API Call via CloudTrail"],
    // A refused call changed nothing, and it is the caller who decides how many there are.
    detail: { eventName: eventNames, errorCode: [{ exists: false }] },
  }),
};

const anyDetail: DetailPattern = {};

const severitiesFrom = (minimum: Severity, known: readonly Severity[] = severities): readonly Severity[] =>
  known.slice(known.indexOf(minimum));

/** Where GuardDuty's bands begin. */
const guarddutySeverity: { readonly [severity in Severity]: number } = {
  LOW: 1,
  MEDIUM: 4,
  HIGH: 7,
  CRITICAL: 9,
};

const title = (severity: Severity): string => severity[0] + severity.slice(1).toLowerCase();
