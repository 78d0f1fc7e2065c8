import * as v from "valibot";
import type { RestoreEvent } from "../launch/follow-up";
import { text } from "../shared/event";
import { parseWith, plainObject } from "../shared/schema";
import type { RunEvent } from "./run-event";
import { createSubKey } from "./run-identity";

const payload = v.object({
  finding: v.object({
    id: text,
    resource: v.optional(v.object({ type: text, id: text, idAttribute: v.optional(text) })),
  }),
  policy_key: text,
  mapping: text,
  event: v.pipe(plainObject, v.looseObject({ id: text })),
});

/** Restores the event of a run from the payload of its task. */
export const restoreEvent: RestoreEvent = (input) => {
  const { finding, policy_key: policyKey, mapping, event } = parseWith(payload, input, "FINDING_PAYLOAD");
  const { resource } = finding;
  const run = { finding: finding.id, ...(resource && { resource: resource.id }), mapping };
  return {
    event: { event, run } satisfies RunEvent,
    eventId: event.id,
    subKey: createSubKey(finding.id, mapping, policyKey, resource),
  };
};
