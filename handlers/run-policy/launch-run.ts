import { createCount, type InvocationContext } from "../launch/invocation-context";
import { createLaunchId } from "../launch/launch-id";
import type { LaunchRecords } from "../launch/launch-records";
import type { LaunchTask } from "../launch/launch-task";
import type { Route } from "../launch/route";
import type { StartedTask } from "../launch/run-task";
import type { Delivery } from "../shared/envelope";
import { PermanentError } from "../shared/failures";
import type { Log, LogFields } from "../shared/log";
import { quote, truncateName } from "../shared/text";
import type { VersionedBucket } from "../shared/versioned-bucket";
import type { Cooldowns, LaunchIdentity } from "./cooldowns";
import type { RunPolicySettings } from "./environment";
import { pinPolicy } from "./pin-policy";
import { createPolicyPayload, type SelectedRun } from "./policy-payload";
import type { ReceivedEvent } from "./run-event";
import { createCooldownId, createSubKey } from "./run-identity";

export type LaunchRunParts = {
  policies: VersionedBucket;
  records: LaunchRecords;
  cooldowns: Cooldowns;
  launchTask: LaunchTask;
  route: Route;
  environment: RunPolicySettings;
  log: Log;
  now: () => number;
};

/**
 * Launches the task of one run, unless an earlier delivery has, or another event of the same cooldown.
 * @param delivery its event is stored with the launch
 * @throws PermanentError when no retry can succeed; any other error when one may succeed
 */
export type LaunchRun = (
  run: SelectedRun,
  received: ReceivedEvent,
  delivery: Delivery,
  context: InvocationContext,
) => Promise<StartedTask>;

/** A policy runs where the function is, and where it was told that it may. */
const checkPlace = (
  { finding, resource }: SelectedRun,
  members: readonly string[],
  functionArn: string,
): void => {
  const [, , , ownRegion, ownAccount] = functionArn.split(":");
  const { account, region } = resource ?? finding;
  if ((account === ownAccount && region === ownRegion) || members.includes(account)) return;
  throw new PermanentError(
    "PlaceNotAllowed",
    `account and region: ${quote(account)}, ${quote(region)} are not those of this function (${ownAccount}, ${ownRegion}), and the account is no member account; known member accounts: ${members.join(", ") || "none"}`,
  );
};

const checkResource = ({ finding, resource, selection }: SelectedRun): void => {
  if (selection.scope === "account" || resource !== undefined) return;
  throw new PermanentError(
    "ResourceMissing",
    `the finding ${quote(finding.id)} names no resource, and the mapping ${selection.mapping} runs its policy on the resource of a finding only (scope "resource")`,
  );
};

const toLogFields = ({ finding, resource, selection: { mapping, policy } }: SelectedRun): LogFields => ({
  finding: truncateName(finding.id),
  mapping,
  policy: policy.key,
  ...(resource && { resource: truncateName(resource.id) }),
});

export const createLaunchRun = ({
  policies,
  records,
  cooldowns,
  launchTask,
  route,
  environment,
  log,
  now,
}: LaunchRunParts): LaunchRun => {
  const { SERVICE: service, POLICY_BUCKET, ENABLE_ENRICHMENT, MEMBER_ACCOUNTS } = environment;

  return async (run, received, delivery, context) => {
    const { finding, resource, selection } = run;
    const { mapping, policy, cooldownSeconds } = selection;
    const { attempt, earlierEnds } = delivery;
    const { emit, labels, invocation } = context;
    const logFields = toLogFields(run);
    checkResource(run);
    checkPlace(run, MEMBER_ACCOUNTS, invocation.invokedFunctionArn);

    const toLaunchId = (identity: LaunchIdentity) => createLaunchId({ ...identity, service, attempt });
    const launchAs = async ({ eventId, subKey }: LaunchIdentity): Promise<StartedTask> => {
      const pinned = await pinPolicy(policies, selection);
      const payload = createPolicyPayload(run, pinned, received.event, ENABLE_ENRICHMENT);
      const event = { id: eventId, time: received.time, payload: JSON.stringify(payload) };
      const overrides = { environment: { POLICY_BUCKET, POLICY_KEY: policy.key } };
      const resolved = { service, route, overrides };
      return launchTask({ event, resolved, delivery, subKey, hasNoRecord: true }, context, logFields);
    };

    const own: LaunchIdentity = {
      eventId: received.id,
      subKey: createSubKey(finding.id, mapping, policy.key, resource),
    };
    const ownId = toLaunchId(own);
    const record = await records.readCurrent(ownId);
    if (record) {
      const { taskArn } = record;
      log.info("duplicate event: its task exists", { ...labels, ...logFields, taskArn });
      emit([createCount("Duplicates", service)]);
      return { taskArn, duplicate: true };
    }

    // The retry of a failed task has waited already.
    const hasCooldown = cooldownSeconds > 0 && attempt === 1;
    if (!hasCooldown) return launchAs(own);
    const cooldownId = createCooldownId(mapping, resource ?? finding, resource);
    const chosen = await cooldowns.choose(cooldownId, own, cooldownSeconds);
    const chosenId = toLaunchId(chosen);
    if (chosenId === ownId) return launchAs(own);

    // A record of any age, because a cooldown can be longer than the deduplication window.
    const earlier = await records.read(chosenId);
    const { taskArn, duplicate } = earlier ? { ...earlier, duplicate: true } : await launchAs(chosen);
    await records.add(ownId, {
      taskArn,
      eventId: received.id,
      service,
      attempt,
      earlierEnds,
      launchedAt: new Date(now()).toISOString(),
      event: delivery.event,
    });
    if (duplicate) {
      log.info("finding is in the cooldown of its mapping", { ...labels, ...logFields, taskArn });
      emit([createCount("FindingsIgnored", service, "cooldown")]);
    }
    return { taskArn, duplicate };
  };
};
