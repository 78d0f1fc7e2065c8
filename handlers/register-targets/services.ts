import { Rejection } from "../shared/failures";
import { serviceOfTask } from "../shared/routes";
import type { Routes } from "./environment";
import type { Input } from "./input";

const knownAmong = (routes: Routes, asked: readonly string[]): string[] => {
  const unknown = asked.filter((service) => !Object.hasOwn(routes, service));
  if (unknown.length === 0) return [...new Set(asked)];
  throw new Rejection(
    "UnknownService",
    `services: ${unknown.map((service) => JSON.stringify(service)).join(", ")} unknown; ` +
      `known services: ${Object.keys(routes).join(", ") || "none"}`,
  );
};

/**
 * The services that the input is about; none for a task that no route launched.
 * @throws Rejection when it names one that has no route
 */
export const servicesOf = (routes: Routes, input: Input): string[] => {
  switch (input.kind) {
    case "change":
      return [serviceOfTask(routes, input)].filter((service) => service !== undefined);
    case "recheck":
      return knownAmong(routes, [input.service]);
    case "stop":
      return knownAmong(routes, input.services ?? Object.keys(routes));
    case "sweep":
      return Object.keys(routes);
  }
};
