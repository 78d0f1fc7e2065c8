import type { FailedEvents } from "../launch/failed-events";
import type { HandleEvent } from "../launch/handle-event";
import { createCount, type InvocationContext } from "../launch/invocation-context";
import { splitIntoChunks } from "../shared/chunks";
import type { Delivery } from "../shared/envelope";
import { findEventId } from "../shared/event";
import { PermanentError } from "../shared/failures";
import type { Ignored } from "../shared/findings/finding";
import { readFindings } from "../shared/findings/read-findings";
import type { Log } from "../shared/log";
import { truncateName } from "../shared/text";
import type { RunPolicySettings } from "./environment";
import type { LaunchRun } from "./launch-run";
import type { MappingFile } from "./mapping-file";
import { type PlannedRun, planRuns } from "./plan-runs";
import type { PolicyRuns, RunResult } from "./result";
import { type Run, type RunEvent, readRunEvent } from "./run-event";
import type { Unmatched } from "./select-runs";

export type HandleFindingEventParts = {
  mappingFile: MappingFile;
  launchRun: LaunchRun;
  failedEvents: FailedEvents;
  environment: RunPolicySettings;
  log: Log;
};

/** Launches at once, below the 20 a second of ECS. */
const parallelRuns = 5;

type Attempt = { planned: PlannedRun; taskArn: string; duplicate: boolean } | FailedAttempt;
type FailedAttempt = { planned: PlannedRun; error: unknown };

/**
 * Runs the policies of the findings of an event. A run that fails permanently goes to the DLQ alone, as a `RunEvent`. After
 * a transient error the whole event is retried: the runs that were launched are then duplicates.
 */
export const createHandleFindingEvent = ({
  mappingFile,
  launchRun,
  failedEvents,
  environment,
  log,
}: HandleFindingEventParts): HandleEvent<PolicyRuns> => {
  const { SERVICE: service, WORKER_ROLES: ownRoles } = environment;

  const attemptRun = async (
    planned: PlannedRun,
    delivery: Delivery,
    context: InvocationContext,
  ): Promise<Attempt> => {
    try {
      return { planned, ...(await planned.launch(delivery, context)) };
    } catch (error) {
      return { planned, error };
    }
  };

  const reject = async (
    { planned: { run, policy }, error }: FailedAttempt,
    delivery: Delivery,
    context: InvocationContext,
  ): Promise<RunResult> => {
    failedEvents.reportFailure(error, context);
    const { rejected } = await failedEvents.sendToDlq(delivery, context, error);
    return { ...run, ...(policy && { policy }), rejected };
  };

  const attemptRuns = async (
    runs: readonly PlannedRun[],
    toDelivery: (run: Run) => Delivery,
    context: InvocationContext,
  ): Promise<readonly RunResult[]> => {
    const attempts: Attempt[] = [];
    for (const chunk of splitIntoChunks(runs, parallelRuns)) {
      const ofChunk = chunk.map((each) => attemptRun(each, toDelivery(each.run), context));
      attempts.push(...(await Promise.all(ofChunk)));
    }
    // Before anything goes to the DLQ, because the retry of the event makes these attempts again.
    for (const each of attempts) {
      if ("error" in each && !(each.error instanceof PermanentError)) throw each.error;
    }
    const results: RunResult[] = [];
    for (const each of attempts) {
      if ("error" in each) results.push(await reject(each, toDelivery(each.planned.run), context));
      else {
        const { planned, taskArn, duplicate } = each;
        results.push({ ...planned.run, policy: planned.policy!, taskArn, duplicate });
      }
    }
    return results;
  };

  const reportIgnored = (ignored: readonly Ignored[], { emit, labels }: InvocationContext): void => {
    for (const { id, reason, found } of ignored) {
      log.info("finding is ignored", { ...labels, finding: truncateName(id), reason, found });
    }
    emit(ignored.map(({ reason }) => createCount("FindingsIgnored", service, reason)));
  };

  const reportUnmatched = (unmatched: readonly Unmatched[], { emit, labels }: InvocationContext): void => {
    for (const { finding, resource } of unmatched) {
      log.info("no mapping takes the finding", {
        ...labels,
        finding: truncateName(finding.id),
        ...(resource && { resource: truncateName(resource.id) }),
      });
    }
    emit(unmatched.map(() => createCount("FindingsUnmatched", service)));
  };

  return async (delivery, context) => {
    Object.assign(context.labels, { service, eventId: truncateName(findEventId(delivery)) });
    const received = readRunEvent(delivery);
    const { event } = received;
    const { findings, ignored } = readFindings(event, { ownRoles });
    if (findings.length === 0 && ignored.length === 0) {
      log.info("event has no findings", { ...context.labels });
      context.emit([createCount("FindingsIgnored", service, "no_finding")]);
    }
    const results: RunResult[] = ignored.map(({ id, reason }) => ({ finding: id, ignored: reason }));
    if (findings.length > 0) {
      const mappings = await mappingFile.load();
      const { planned, unmatched } = planRuns(launchRun, mappings, findings, received, environment);
      const toDelivery = (run: Run): Delivery => ({
        ...delivery,
        event: { event, run } satisfies RunEvent,
      });
      results.push(...(await attemptRuns(planned, toDelivery, context)));
      reportUnmatched(unmatched, context);
    }
    reportIgnored(ignored, context);
    return { runs: results };
  };
};
