import type { Construct } from "constructs";
import type { Twin } from "../../../src/core/twin";

/** A block and the settings in which its two forms must plan the same. */
export interface Block {
  /** Folder in `modules/`. */
  readonly module: string;
  /** Name and props of each setting: at least defaults, everything on, odd but legal. */
  readonly settings: Readonly<Record<string, object>>;
  /** Makes the construct of one setting. */
  construct(scope: Construct, setting: string): Twin;
  /** Makes the construct with other props. */
  make(scope: Construct, id: string, props: object): Twin;
  /** The call of the module with the same inputs, in camelCase. */
  inputs(setting: string): object;
}

interface Definition<Props> {
  readonly module: string;
  readonly construct: new (scope: Construct, id: string, props: Props) => Twin;
  readonly settings: Readonly<Record<string, Props>>;
  /** Where the two forms take an input in different shapes, as HCL takes it. */
  readonly asHcl?: (props: Props) => object;
}

export const block = <Props extends object>(definition: Definition<Props>): Block => ({
  module: definition.module,
  settings: definition.settings,
  construct: (scope, setting) =>
    new definition.construct(scope, labelOf(definition.module, setting), definition.settings[setting]!),
  make: (scope, id, props) => new definition.construct(scope, id, props as Props),
  inputs: (setting) => {
    const props = definition.settings[setting]!;
    return definition.asHcl?.(props) ?? props;
  },
});

/** Label of the module call, and id of the construct, of one setting. */
export const labelOf = (module: string, setting: string): string =>
  `${module}-${setting}`.replaceAll(/[_/]/g, "-");
