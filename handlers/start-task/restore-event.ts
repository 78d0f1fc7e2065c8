import type { RestoreEvent } from "../launch/follow-up";
import type { Routes } from "../launch/route";
import { createDelivery } from "../shared/envelope";
import { readEvent } from "./event";
import { resolveLaunch } from "./resolve-launch";

const namesService = (routes: Routes, service: string, event: unknown, functionArn: string): boolean => {
  try {
    const { detail } = readEvent(createDelivery(event, { fallbackId: "" }));
    return resolveLaunch(routes, detail, functionArn).service === service;
  } catch {
    return false;
  }
};

/**
 * Restores the event from the payload of its task. A rule may name the service instead of the event. The payload of the
 * container is then the event without the service.
 */
export const createRestoreEvent =
  (routes: Routes): RestoreEvent =>
  (payload, { service, fallbackId, functionArn }) => {
    const event = namesService(routes, service, payload, functionArn) ? payload : { service, event: payload };
    return { event, eventId: readEvent(createDelivery(event, { fallbackId })).id };
  };
