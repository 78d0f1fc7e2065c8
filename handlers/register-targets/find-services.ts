import { PermanentError } from "../shared/failures";
import { findServiceOfTask } from "../shared/task-group";
import type { Routes } from "./environment";
import type { Input } from "./input";

// The reason goes into a log line and a DLQ message, so its length must not depend on the input.
const maxNamed = 5;
const maxName = 80;
const maxKnown = 600;

const truncate = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 3)}...`;

const listNames = (names: readonly string[]): string => {
  const named = names.slice(0, maxNamed).map((name) => JSON.stringify(truncate(name, maxName)));
  const others = names.length - named.length;
  return named.join(", ") + (others > 0 ? ` and ${others} more` : "");
};

const checkServices = (routes: Routes, asked: readonly string[]): string[] => {
  const unknown = asked.filter((service) => !Object.hasOwn(routes, service));
  if (unknown.length === 0) return [...new Set(asked)];
  const known = truncate(Object.keys(routes).join(", "), maxKnown) || "none";
  throw new PermanentError(
    "UnknownService",
    `services: ${listNames(unknown)} unknown; known services: ${known}`,
  );
};

/**
 * The services that the input is about. None for a task that no launch route launched.
 * @throws PermanentError when it names an unknown service
 */
export const findServices = (routes: Routes, input: Input): string[] => {
  switch (input.kind) {
    case "change":
      return [findServiceOfTask(routes, input)].filter((service) => service !== undefined);
    case "recheck":
      return checkServices(routes, [input.service]);
    case "stop":
      return checkServices(routes, input.services ?? Object.keys(routes));
    case "sweep":
      return Object.keys(routes);
  }
};
