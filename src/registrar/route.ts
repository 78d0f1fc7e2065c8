import type { Construct } from "constructs";
import { json } from "../core/json";
import { check, checkLiteral, checkOneOf, checkRange, isKnown } from "../core/validation";
import { type LaunchRoute, networkModes, targetTypes } from "../launcher/route";

/** The part of a launch route that a registrar needs: the `route` of a {@link Task}, merged with that of a {@link LoadBalancer}. */
export type RegistrarRoute = Pick<
  LaunchRoute,
  | "clusterArn"
  | "family"
  | "containerName"
  | "port"
  | "networkMode"
  | "targetGroupArn"
  | "targetType"
  | "deregistrationDelaySeconds"
>;

/** @throws ValidationError when a launch route has a value that ECS or Elastic Load Balancing would refuse. */
export function checkRegistrarRoutes(
  scope: Construct,
  routes: Readonly<Record<string, RegistrarRoute>>,
): void {
  const services = Object.keys(routes);
  check(
    scope,
    services.length >= 1 && services.length <= 50,
    `routes has ${services.length} services; a registrar takes 1 to 50. For more services make a second registrar.`,
  );
  for (const [service, route] of Object.entries(routes)) {
    check(
      scope,
      /^[A-Za-z0-9_-]{1,64}$/.test(service),
      `routes names "${service}"; a service's name has 1 to 64 letters, digits, hyphens and underscores.`,
    );
    checkLiteral(scope, `routes.${service}.networkMode`, route.networkMode, "decides what a target is");
    checkOneOf(scope, `routes.${service}.networkMode`, route.networkMode, networkModes);
    checkRange(
      scope,
      `routes.${service}.deregistrationDelaySeconds`,
      route.deregistrationDelaySeconds,
      0,
      3600,
      "a target group",
    );
    checkTargetGroup(scope, service, route);
  }
  checkTargetGroupsAreDistinct(scope, routes);
}

function checkTargetGroup(scope: Construct, service: string, route: RegistrarRoute): void {
  const { targetType, targetGroupArn, port, networkMode = "awsvpc" } = route;
  check(
    scope,
    (targetType === undefined) === (targetGroupArn === undefined),
    `routes.${service} has only one of targetGroupArn and targetType; give both or neither.`,
  );
  if (targetType === undefined) return;
  checkLiteral(scope, `routes.${service}.targetType`, targetType, "decides which permissions exist");
  checkOneOf(scope, `routes.${service}.targetType`, targetType, targetTypes);
  check(
    scope,
    port !== undefined,
    `routes.${service} has a target group and no port; a target is an address and a port, so the service needs a port.`,
  );
  // Only an awsvpc task has an IP address of its own; other tasks are reached by a port of their container instance.
  if (isKnown(targetType) && isKnown(networkMode)) {
    check(
      scope,
      (targetType === "ip") === (networkMode === "awsvpc"),
      `routes.${service} has targetType "${targetType}" and networkMode "${networkMode}"; targetType "ip" goes with "awsvpc", "instance" with "bridge" or "host".`,
    );
  }
}

/** Each service would deregister the targets of the other. */
function checkTargetGroupsAreDistinct(
  scope: Construct,
  routes: Readonly<Record<string, RegistrarRoute>>,
): void {
  const services = new Map<string, string>();
  for (const [service, { targetGroupArn }] of Object.entries(routes)) {
    if (targetGroupArn === undefined) continue;
    const other = services.get(targetGroupArn);
    check(
      scope,
      other === undefined,
      `"${other}" and "${service}" share a target group; each service needs its own.`,
    );
    services.set(targetGroupArn, service);
  }
}

/** Only what registration needs, under the names that the function `register-targets` reads. What is absent has its default. */
export const functionRoutes = (routes: Readonly<Record<string, RegistrarRoute>>): string =>
  json(
    Object.fromEntries(
      Object.entries(routes).map(([service, route]) => [
        service,
        {
          cluster: route.clusterArn,
          family: route.family,
          container: route.containerName,
          port: route.port,
          networkMode: route.networkMode === "awsvpc" ? undefined : route.networkMode,
          targetGroup: route.targetGroupArn,
          targetType: route.targetType,
          drainSeconds: route.deregistrationDelaySeconds,
        },
      ]),
    ),
  );
