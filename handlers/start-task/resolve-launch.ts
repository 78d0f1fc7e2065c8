import type { Overrides, ResolvedLaunch } from "../launch/launch";
import { type Overridable, overridable } from "../launch/overridable";
import type { Route, Routes } from "../launch/route";
import { PermanentError } from "../shared/failures";
import { afterLastSlash, parseFamily } from "../shared/names";
import { describeValue } from "../shared/schema";
import { listNames, quote } from "../shared/text";
import type { Detail } from "./event";

const findService = (routes: Routes, { service, taskDefinition }: Detail): string => {
  if (service !== undefined) {
    if (Object.hasOwn(routes, service)) return service;
    throw new PermanentError(
      "UnknownService",
      `service: ${quote(service)} is unknown; known services: ${listNames(Object.keys(routes))}`,
    );
  }
  if (taskDefinition === undefined) {
    throw new PermanentError(
      "MalformedEvent",
      "detail.service: expected a string, found nothing (nor a detail.taskDefinition)",
    );
  }
  const family = parseFamily(taskDefinition);
  const services = Object.keys(routes).filter((name) => routes[name]?.family === family);
  if (services.length === 1) return services[0]!;
  const families = [...new Set(Object.values(routes).map((route) => route.family))];
  throw new PermanentError(
    "UnknownService",
    services.length > 1
      ? `detail.taskDefinition: family ${family} belongs to the services ${listNames(services)}: name one in detail.service`
      : `detail.taskDefinition: no service has the family ${quote(family)}; known families: ${listNames(families)}`,
  );
};

const hasSameEntries = (some: readonly string[], others: readonly string[]): boolean =>
  [...some].sort().join() === [...others].sort().join();

/** Whether a name or an ARN refers to this cluster or family in the account and region of the function. */
const refersTo = (
  given: string,
  kind: "cluster" | "task-definition",
  name: string,
  functionArn: string,
): boolean => {
  const [arn, partition, , region, account] = functionArn.split(":");
  return given === name || given === `${arn}:${partition}:ecs:${region}:${account}:${kind}/${name}`;
};

const removeRevision = (taskDefinition: string): string =>
  taskDefinition.replace(/(?<=^[^:]+|\/[^:]+):\d+$/, "");

/** An event in the explicit form may repeat settings of its launch route: these are no overrides. */
const repeatsRoute: Partial<Record<Overridable, (detail: Detail, route: Route) => boolean>> = {
  taskDefinition: ({ taskDefinition = "" }, { family }) => afterLastSlash(taskDefinition) === family,
  subnets: ({ subnets = [] }, route) => hasSameEntries(subnets, route.subnets),
  securityGroups: ({ securityGroups = [] }, route) => hasSameEntries(securityGroups, route.securityGroups),
  port: ({ port }, route) => port === route.port,
};

const rejectOverride = (
  service: string,
  field: keyof Detail & string,
  value: unknown,
  allowed: string,
): never => {
  throw new PermanentError(
    "OverrideNotAllowed",
    `detail.${field}: ${describeValue(value)} is not allowed for the service ${service}; allowed: ${allowed}`,
  );
};

const readOverrides = (service: string, route: Route, detail: Detail, functionArn: string): Overrides => {
  const { cluster, targetGroupArn, taskDefinition } = detail;
  if (cluster !== undefined && !refersTo(cluster, "cluster", afterLastSlash(route.cluster), functionArn)) {
    rejectOverride(service, "cluster", cluster, route.cluster);
  }
  if (targetGroupArn !== undefined && targetGroupArn !== route.targetGroup) {
    rejectOverride(service, "targetGroupArn", targetGroupArn, route.targetGroup ?? "none");
  }
  if (
    taskDefinition !== undefined &&
    !refersTo(removeRevision(taskDefinition), "task-definition", route.family, functionArn)
  ) {
    rejectOverride(service, "taskDefinition", taskDefinition, `the family ${route.family}`);
  }
  const asked = overridable.filter(
    (name) => detail[name] !== undefined && !repeatsRoute[name]?.(detail, route),
  );
  // A load balancer reaches the port of the route only: security groups open no other.
  if (route.targetType !== undefined && asked.includes("port")) {
    rejectOverride(service, "port", detail.port, `${route.port}, which its load balancer reaches`);
  }
  for (const name of asked) {
    if (!route.allowOverrides.includes(name))
      rejectOverride(service, name, detail[name], `overrides of ${listNames(route.allowOverrides)}`);
  }
  return Object.fromEntries(asked.map((name) => [name, detail[name]]));
};

/**
 * Finds the launch route of an event, by its service or by the family of its task definition.
 * @param functionArn gives account and region, which ARNs in the event must have
 * @throws PermanentError when there is no such service, or when the launch route does not allow an override
 */
export const resolveLaunch = (routes: Routes, detail: Detail, functionArn: string): ResolvedLaunch => {
  const service = findService(routes, detail);
  const route = routes[service]!;
  return { service, route, overrides: readOverrides(service, route, detail, functionArn) };
};
