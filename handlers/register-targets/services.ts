import { Rejection } from "../shared/failures";
import { serviceOfTask } from "../shared/routes";
import type { Routes } from "./environment";
import type { Input } from "./input";

// A reason is read by people, in a log line, a metric and a dead letter: it must not grow with the input.
const maxNamed = 5;
const maxName = 80;
const maxKnown = 600;

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 3)}...`;

const listOf = (names: readonly string[]): string => {
  const named = names.slice(0, maxNamed).map((name) => JSON.stringify(cut(name, maxName)));
  const others = names.length - named.length;
  return named.join(", ") + (others > 0 ? ` and ${others} more` : "");
};

const knownAmong = (routes: Routes, asked: readonly string[]): string[] => {
  const unknown = asked.filter((service) => !Object.hasOwn(routes, service));
  if (unknown.length === 0) return [...new Set(asked)];
  const known = cut(Object.keys(routes).join(", "), maxKnown) || "none";
  throw new Rejection("UnknownService", `services: ${listOf(unknown)} unknown; known services: ${known}`);
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
