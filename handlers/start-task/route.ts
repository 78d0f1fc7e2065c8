import { Rejection } from "../shared/failures";
import { familyOf, lastPart } from "../shared/names";
import { described } from "../shared/schema";
import { listed, quoted } from "../shared/text";
import type { Route, Routes } from "./environment";
import type { Detail } from "./event";
import { type Overridable, overridable } from "./overridable";

/** What an event changes about its route: only what the route allows. */
export type Overrides = Partial<Pick<Detail, Overridable>>;

export type Target = { service: string; route: Route; overrides: Overrides };

const serviceOf = (routes: Routes, { service, taskDefinition }: Detail): string => {
  if (service !== undefined) {
    if (Object.hasOwn(routes, service)) return service;
    throw new Rejection(
      "UnknownService",
      `service: ${quoted(service)} is unknown; known services: ${listed(Object.keys(routes))}`,
    );
  }
  if (taskDefinition === undefined) {
    throw new Rejection(
      "MalformedEvent",
      "detail.service: expected a string, found nothing (nor a detail.taskDefinition)",
    );
  }
  const family = familyOf(taskDefinition);
  const services = Object.keys(routes).filter((name) => routes[name]?.family === family);
  if (services.length === 1) return services[0]!;
  const families = [...new Set(Object.values(routes).map((route) => route.family))];
  throw new Rejection(
    "UnknownService",
    services.length > 1
      ? `detail.taskDefinition: family ${family} belongs to the services ${listed(services)}: name one in detail.service`
      : `detail.taskDefinition: no service has the family ${quoted(family)}; known families: ${listed(families)}`,
  );
};

const sameMembers = (some: readonly string[], others: readonly string[]): boolean =>
  [...some].sort().join() === [...others].sort().join();

/** Whether a name or an ARN of an event means this thing of the function's own account and region. */
const means = (
  given: string,
  kind: "cluster" | "task-definition",
  name: string,
  functionArn: string,
): boolean => {
  const [arn, partition, , region, account] = functionArn.split(":");
  return given === name || given === `${arn}:${partition}:ecs:${region}:${account}:${kind}/${name}`;
};

const withoutRevision = (taskDefinition: string): string =>
  taskDefinition.replace(/(?<=^[^:]+|\/[^:]+):\d+$/, "");

/** An event in the explicit form may repeat what its route says anyway. */
const repeatsRoute: Partial<Record<Overridable, (detail: Detail, route: Route) => boolean>> = {
  taskDefinition: ({ taskDefinition = "" }, { family }) => lastPart(taskDefinition) === family,
  subnets: ({ subnets = [] }, route) => sameMembers(subnets, route.subnets),
  securityGroups: ({ securityGroups = [] }, route) => sameMembers(securityGroups, route.securityGroups),
  port: ({ port }, route) => port === route.port,
};

const refuse = (service: string, field: keyof Detail & string, value: unknown, allowed: string): never => {
  throw new Rejection(
    "OverrideNotAllowed",
    `detail.${field}: ${described(value)} is not allowed for the service ${service}; allowed: ${allowed}`,
  );
};

const checkedOverrides = (service: string, route: Route, detail: Detail, functionArn: string): Overrides => {
  const { cluster, targetGroupArn, taskDefinition } = detail;
  if (cluster !== undefined && !means(cluster, "cluster", lastPart(route.cluster), functionArn)) {
    refuse(service, "cluster", cluster, route.cluster);
  }
  if (targetGroupArn !== undefined && targetGroupArn !== route.targetGroup) {
    refuse(service, "targetGroupArn", targetGroupArn, route.targetGroup ?? "none");
  }
  if (
    taskDefinition !== undefined &&
    !means(withoutRevision(taskDefinition), "task-definition", route.family, functionArn)
  ) {
    refuse(service, "taskDefinition", taskDefinition, `the family ${route.family}`);
  }
  const asked = overridable.filter(
    (name) => detail[name] !== undefined && !repeatsRoute[name]?.(detail, route),
  );
  for (const name of asked) {
    if (!route.allowOverrides.includes(name))
      refuse(service, name, detail[name], `overrides of ${listed(route.allowOverrides)}`);
  }
  return Object.fromEntries(asked.map((name) => [name, detail[name]]));
};

/**
 * Finds the route of an event, by the service it names or by the family of the task definition it names.
 * @param functionArn says which account and region an ARN of the event has to be of
 * @throws Rejection when there is none, or when the event overrides what the route does not allow
 */
export const findTarget = (routes: Routes, detail: Detail, functionArn: string): Target => {
  const service = serviceOf(routes, detail);
  const route = routes[service]!;
  return { service, route, overrides: checkedOverrides(service, route, detail, functionArn) };
};
