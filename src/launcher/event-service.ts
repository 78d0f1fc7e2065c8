import type { Construct } from "constructs";
import { check, isKnown } from "../core/validation";
import type { LauncherEvent } from "./props";

/** The rules of the launcher itself have these names. */
export const reservedEvents: readonly string[] = ["task-failed", "run-history"];

/** @throws ValidationError when a rule sends only events that cannot name a service, and names none itself. */
export function checkNamesService(scope: Construct, name: string, event: LauncherEvent): void {
  const { scheduleExpression, preset, source = [], service } = event;
  check(
    scope,
    !isKnown(source) || Array.isArray(source),
    `events.${name}.source is ${JSON.stringify(source)}; it takes a list of sources, for instance ["custom.app"].`,
  );
  const ofAws = (Array.isArray(source) ? source : []).find(
    (value) => isKnown(value) && value.startsWith("aws."),
  );
  const found =
    scheduleExpression !== undefined
      ? `scheduleExpression "${scheduleExpression}"`
      : preset !== undefined
        ? `preset "${preset}"`
        : ofAws !== undefined && `source "${ofAws}"`;
  check(
    scope,
    found === false || service !== undefined,
    `events.${name} has ${found} and no service. Such events do not name a service in detail.service, so none of them could start a task; give service, the name of the service to start.`,
  );
}
