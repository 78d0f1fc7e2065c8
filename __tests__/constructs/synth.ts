import { TerraformStack, Testing } from "cdktf";

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** The resources of a stack that `build` fills, by Terraform type and logical id. */
export function synthesize(build: (stack: TerraformStack) => void): Resources {
  const stack = new TerraformStack(Testing.app(), "test");
  build(stack);
  return (JSON.parse(Testing.synth(stack)) as { resource?: Resources }).resource ?? {};
}

/** The only resource of its type, or the only one whose properties include `where`. */
export function only(
  resources: Resources,
  type: string,
  where: Record<string, unknown> = {},
): Record<string, unknown> {
  const found = Object.values(resources[type] ?? {}).filter((resource) =>
    Object.entries(where).every(([key, value]) => JSON.stringify(resource[key]) === JSON.stringify(value)),
  );
  if (found.length !== 1)
    throw new Error(`${found.length} resources of type ${type} match ${JSON.stringify(where)}`);
  return found[0]!;
}
