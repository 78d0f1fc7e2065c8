import type { Construct } from "constructs";
import { sortedEntries } from "../core/maps";
import { check } from "../core/validation";
import { checkInCreatedCluster } from "../launcher/capacity";
import type { EventDrivenEcsProps } from "./props";

/** @throws ValidationError when a service has a capacity provider that the created cluster does not have. */
export function checkCapacities(scope: Construct, props: EventDrivenEcsProps): void {
  const { createCluster = true, capacityProviders = [], services } = props;
  check(
    scope,
    createCluster || capacityProviders.length === 0,
    `capacityProviders is ${JSON.stringify(capacityProviders)} with createCluster false; an existing cluster has its own capacity providers. Associate them where the cluster is managed.`,
  );
  if (!createCluster) return;
  for (const [service, { capacity }] of sortedEntries(services))
    checkInCreatedCluster(
      scope,
      `services.${service}.capacity`,
      capacity,
      "add it to capacityProviders, or give an existingCluster that has it.",
      capacityProviders,
    );
}
