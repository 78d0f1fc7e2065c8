import type { Construct } from "constructs";

/** Error for invalid props of a construct. The message ends with the path of the construct. */
export class ValidationError extends Error {
  constructor(scope: Construct, message: string) {
    super(`${message} (at ${scope.node.path})`);
    this.name = "ValidationError";
  }
}

/** Error for a twin address that does not start with the type of its resource. */
export const wrongTwinAddress = (scope: Construct, address: string, type: string): Error =>
  new ValidationError(scope, `The twin address "${address}" does not start with "${type}."`);

/** Error for a twin address that two resources have. */
export const duplicateTwinAddress = (scope: Construct, address: string): Error =>
  new ValidationError(scope, `Two resources have the twin address "${address}"`);

/** Error for an address in the prop `names` that is not the address of a name. */
export const unknownName = (scope: Construct, address: string, known: readonly string[]): Error =>
  new ValidationError(scope, unknownNameMessage(address, known));

/** What {@link unknownName} says. */
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
