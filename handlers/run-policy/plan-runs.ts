import type { InvocationContext } from "../launch/invocation-context";
import type { StartedTask } from "../launch/run-task";
import type { Delivery } from "../shared/envelope";
import { PermanentError } from "../shared/failures";
import type { Finding } from "../shared/findings/finding";
import { quote } from "../shared/text";
import type { RunPolicySettings } from "./environment";
import type { LaunchRun } from "./launch-run";
import type { Mappings } from "./mappings/mappings";
import type { ReceivedEvent, Run } from "./run-event";
import { nameRun, selectRuns, type Unmatched } from "./select-runs";

// A finding has at most 32 resources, a call of RunInstances some hundreds. More would take longer than an invocation.
const maxRuns = 1_000;

const checkCount = (what: string, count: number): void => {
  if (count <= maxRuns) return;
  throw new PermanentError("TooManyRuns", `event: expected at most ${maxRuns} ${what}, found ${count}`);
};

/** One run of an event, and how it is launched. */
export type PlannedRun = {
  run: Run;
  /** Key of the policy. */
  policy?: string;
  /** @param delivery its event is that of this run alone */
  launch(delivery: Delivery, context: InvocationContext): Promise<StartedTask>;
};

const rejectUnmatched = ({ finding, resource }: Unmatched): PlannedRun => ({
  run: nameRun(finding, resource),
  launch: async () => {
    const of = resource ? `, resource ${quote(resource.id)} of type ${quote(resource.type)}` : "";
    throw new PermanentError(
      "FindingUnmatched",
      `finding ${quote(finding.id)}${of}: no mapping takes it, and on_no_match is "dead_letter"`,
    );
  },
});

/** Reduces a finding to what the run of a stored event is for. */
const narrow = (finding: Finding, run: Run): readonly Finding[] => {
  if (run.finding !== finding.id) return [];
  if (run.resource === undefined) return [finding];
  const resources = finding.resources.filter(({ id }) => id === run.resource);
  return resources.length > 0 ? [{ ...finding, resources }] : [];
};

const describeRun = ({ finding, resource, mapping }: Run): string => {
  const by = mapping === undefined ? "no mapping selects" : `the mapping ${quote(mapping)} does not select`;
  const of = resource === undefined ? "" : `the resource ${quote(resource)} of `;
  return `${by} a policy for ${of}the finding ${quote(finding)} any more`;
};

/**
 * The runs of an event, and the resources that no mapping takes. If the event is stored for one run, only that one.
 * @throws PermanentError when the run of a stored event is not selected any more, or when there are too many runs
 */
export const planRuns = (
  launchRun: LaunchRun,
  mappings: Mappings,
  findings: readonly Finding[],
  received: ReceivedEvent,
  settings: RunPolicySettings,
): { planned: readonly PlannedRun[]; unmatched: readonly Unmatched[] } => {
  const { run } = received;
  // First, because selecting compares each resource with each mapping.
  checkCount(
    "resources",
    findings.map(({ resources }) => resources.length).reduce((sum, each) => sum + each, 0),
  );
  const wanted = run ? findings.flatMap((finding) => narrow(finding, run)) : findings;
  const plans = wanted.map((finding) => selectRuns(mappings, finding, settings));
  const selected = plans
    .flatMap((plan) => plan.selected)
    .filter(({ selection }) => run?.mapping === undefined || selection.mapping === run.mapping);
  if (run && selected.length === 0 && (run.mapping !== undefined || wanted.length === 0))
    throw new PermanentError("RunNotSelected", `run: ${describeRun(run)}`);
  const unmatched = run?.mapping === undefined ? plans.flatMap((plan) => plan.unmatched) : [];
  const planned = selected.map((each): PlannedRun => {
    const { finding, resource, selection } = each;
    return {
      run: nameRun(finding, resource, selection.mapping),
      policy: selection.policy.key,
      launch: (delivery, context) => launchRun(each, received, delivery, context),
    };
  });
  checkCount("policy runs", selected.length + unmatched.length);
  const rejected = mappings.onNoMatch === "dead_letter" ? unmatched.map(rejectUnmatched) : [];
  return { planned: [...planned, ...rejected], unmatched };
};
