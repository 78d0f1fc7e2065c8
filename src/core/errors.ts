import type { Construct } from "constructs";
import { asWritten } from "./prop-paths";

/**
 * Error for invalid props of a construct. The message names props by the path that the user wrote, and ends with the path
 * of the construct.
 */
export class ValidationError extends Error {
  /** The message without the path of the construct. */
  readonly reason: string;

  constructor(scope: Construct, message: string) {
    const reason = asWritten(scope, message);
    super(`${reason} (at ${scope.node.path})`);
    this.name = "ValidationError";
    this.reason = reason;
  }
}

/** Error for a twin address that does not start with the type of its resource. */
export const wrongTwinAddress = (scope: Construct, address: string, type: string): Error =>
  new ValidationError(scope, `The twin address "${address}" does not start with "${type}."`);

/** Error for a twin address that two resources have. */
export const duplicateTwinAddress = (scope: Construct, address: string): Error =>
  new ValidationError(scope, `Two resources have the twin address "${address}"`);

/** The message for an address in the prop `names` that is not the address of a name. */
export const unknownNameMessage = (address: string, known: readonly string[]): string =>
  `names has "${address}", which is not the address of a name here; the addresses are: ${known.join(", ")}.`;

/** Error for a twin address that a method such as {@link Twin.adoptFrom} gets and the construct does not have. */
export const unknownTwinAddress = (
  scope: Construct,
  method: string,
  address: string,
  similar: readonly string[],
  count: number,
): Error =>
  new ValidationError(
    scope,
    `${method} names the twin address "${address}", which no resource of this construct has; the most similar of its ${count} addresses are: ${similar.join(", ")}. The keys of twinAddresses are all of them.`,
  );
