import type { DetailPattern, EventPattern } from "./pattern";

/** Severities of findings, from low to high. */
export const severities = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;

/** Severity of a finding. */
export type Severity = (typeof severities)[number];

/** Names of the predefined event patterns. */
export const presets = [
  "security_hub",
  "security_hub_custom_action",
  "security_hub_v2",
  "guardduty",
  "config",
  "macie",
  "access_analyzer",
  "inspector",
  "cloudtrail",
] as const;

/** Name of a predefined event pattern. */
export type EventPreset = (typeof presets)[number];

/** Severities of the findings of each preset. A preset that is not listed has no severities. */
export const severitiesOf = {
  security_hub: severities,
  security_hub_custom_action: severities,
  security_hub_v2: severities,
  guardduty: severities,
  inspector: severities,
  macie: ["LOW", "MEDIUM", "HIGH"],
} satisfies { readonly [preset in EventPreset]?: readonly Severity[] };

/** Props of the rule that a preset uses. */
export interface PresetOptions {
  /**
   * Lowest severity that the pattern matches.
   * @default - any
   */
  readonly minimumSeverity?: Severity;
  /** Source of the AWS service whose API calls the preset `cloudtrail` matches. */
  readonly eventSource: readonly string[];
  /** API calls that the preset `cloudtrail` matches; custom actions of `security_hub_custom_action`. */
  readonly eventNames: readonly string[];
}

/** The event pattern of a preset. */
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
  // A person starts an action on a finding, also when somebody was notified of it before.
  security_hub_custom_action: ({ minimumSeverity, eventNames }) => ({
    source: ["aws.securityhub"],
    detailType: ["Security Hub Findings - Custom Action"],
    detail: {
      actionName: eventNames,
      findings: {
        RecordState: ["ACTIVE"],
        ...(minimumSeverity && { Severity: { Label: severitiesFrom(minimumSeverity) } }),
      },
    },
  }),
  // In OCSF, which has one severity above Critical.
  security_hub_v2: ({ minimumSeverity }) => ({
    source: ["aws.securityhub"],
    detailType: ["Findings Imported V2"],
    detail: {
      findings: {
        activity_name: [{ "anything-but": "Close" }],
        status: ["New"],
        ...(minimumSeverity && { severity: [...severitiesFrom(minimumSeverity).map(title), "Fatal"] }),
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
    // A call that failed changed nothing, and any caller could cause any number of them.
    detail: { eventName: eventNames, errorCode: [{ exists: false }] },
  }),
};

const anyDetail: DetailPattern = {};

const severitiesFrom = (minimum: Severity, known: readonly Severity[] = severities): readonly Severity[] =>
  known.slice(known.indexOf(minimum));

/** The lowest number of each severity, from the GuardDuty User Guide: severity levels of findings. */
const guarddutySeverity: { readonly [severity in Severity]: number } = {
  LOW: 1,
  MEDIUM: 4,
  HIGH: 7,
  CRITICAL: 9,
};

const title = (severity: Severity): string => severity[0] + severity.slice(1).toLowerCase();
