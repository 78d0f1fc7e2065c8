import type { Construct } from "constructs";
import type { Twin } from "../../../src/twin";

/**
 * A block and the settings in which its two forms must plan the same. The HCL call is made from the same props:
 * names of inputs become snake_case, keys of maps stay.
 */
export interface Block<Props = never> {
  readonly module: string;
  readonly construct: new (scope: Construct, id: string, props: Props) => Twin;
  /** At least: defaults, everything on, odd but legal. */
  readonly settings: Readonly<Record<string, Props>>;
}

export const block = <Props>(definition: Block<Props>): Block<Props> => definition;
