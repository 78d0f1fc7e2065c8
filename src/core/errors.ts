import type { Construct } from "constructs";

/** What is wrong with a construct's props. The message ends with the construct's path. */
export class ValidationError extends Error {
  constructor(scope: Construct, message: string) {
    super(`${message} (at ${scope.node.path})`);
    this.name = "ValidationError";
  }
}

export const wrongTwinAddress = (scope: Construct, address: string, type: string): Error =>
  new ValidationError(scope, `The twin address "${address}" does not start with "${type}."`);

export const duplicateTwinAddress = (scope: Construct, address: string): Error =>
  new ValidationError(scope, `Two resources claim the twin address "${address}"`);

export const adoptUnknownAddress = (scope: Construct, address: string, known: string[]): Error =>
  new ValidationError(
    scope,
    `Nothing here has the twin address "${address}", so nothing can be adopted into it. The addresses are: ${known.join(", ")}`,
  );
