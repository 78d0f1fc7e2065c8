import type { Construct } from "constructs";
import type { Grant } from "../../../src/core/grants";
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
  constructWith(scope: Construct, id: string, props: object): Twin;
  /** The call of the module with the same inputs, in camelCase. */
  inputs(setting: string): object;
  /** The inputs of the module for these props, in camelCase. */
  inputsFor(props: object): object;
}

const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/** A grant of every kind, for blocks with the input `grants`. */
export const everyGrant: Readonly<Record<string, Grant>> = {
  incoming: { access: "read-objects", arn: "arn:aws:s3:::bottles", objects: "incoming/*", kmsKeyArn },
  "all,of@them": { access: "read-objects", arn: "arn:aws:s3:::bottles" },
  reports: { access: "put-objects", arn: "arn:aws:s3:::bottles", objects: "reports/<&>/*", kmsKeyArn },
  jobs: { access: "consume-messages", arn: "arn:aws:sqs:us-east-1:123456789012:jobs", kmsKeyArn },
  results: { access: "send-messages", arn: "arn:aws:sqs:us-east-1:123456789012:results.fifo" },
  database: {
    access: "read-secret",
    arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:engines/auth-AbCdEf",
  },
  licence: { access: "read-parameter", arn: "arn:aws:ssm:us-east-1:123456789012:parameter/engines/licence" },
  catalogue: { access: "read-table", arn: "arn:aws:dynamodb:us-east-1:123456789012:table/catalogue" },
  orders: { access: "write-table", arn: "arn:aws:dynamodb:us-east-1:123456789012:table/orders", kmsKeyArn },
};

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
  constructWith: (scope, id, props) => new definition.construct(scope, id, props as Props),
  inputs: (setting) => {
    const props = definition.settings[setting]!;
    return definition.asHcl?.(props) ?? props;
  },
  inputsFor: (props) => definition.asHcl?.(props as Props) ?? props,
});

/** Id of the construct of one setting. */
export const labelOf = (module: string, setting: string): string =>
  `${module}-${setting}`.replaceAll(/[_/]/g, "-");
