import { Aspects, type TerraformResource, TerraformStack, Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { isModuleAddress, isWithin, resourceTypeOf, withoutKeys } from "./address";
import { unknownTwinAddress, ValidationError } from "./errors";
import { mostSimilar } from "./similar";
import { addressesInState } from "./state";

/** Options of {@link Twin.adoptFrom} and {@link Twin.forget}. */
export interface StateOptions {
  /**
   * Path of a state file, as `terraform state pull` prints it. An address that it does not have is then an error, which
   * names the most similar ones.
   * @default - the addresses are not compared with a state
   */
  readonly state?: string;
}

type Addresses = ReadonlyMap<string, TerraformResource>;

/** What constructs of one stack have said about addresses in its state. */
interface Ledger {
  /** Where each old address goes to. */
  readonly moved: Map<string, string>;
  /** Where each resource comes from: an old address, or the ID of an import. */
  readonly origins: Map<TerraformResource, string>;
  /** Which resource is imported with an ID, by type and ID. */
  readonly imported: Map<string, string>;
  /** Moves within a module from addresses of earlier releases. */
  readonly formerMoves: { readonly from: string; readonly to: string }[];
  readonly forgotten: { readonly from: string; readonly lifecycle: { readonly destroy: false } }[];
}

const ledgers = new WeakMap<TerraformStack, Ledger>();

function ledgerOf(scope: Construct): Ledger {
  const stack = TerraformStack.of(scope);
  const ledger = ledgers.get(stack) ?? {
    moved: new Map(),
    origins: new Map(),
    imported: new Map(),
    formerMoves: [],
    forgotten: [],
  };
  ledgers.set(stack, ledger);
  return ledger;
}

/** Runs `action` once, at the beginning of the synthesis, when all methods of the constructs have been called. */
export function atSynthesis(scope: Construct, action: () => void): void {
  let done = false;
  const visit = (node: IConstruct): void => {
    if (done || node !== scope) return;
    done = true;
    action();
  };
  Aspects.of(scope).add({ visit });
}

const nearest = (address: string, known: readonly string[], count = 3): string =>
  known.length === 0
    ? "it has no resource"
    : `the most similar ones are ${mostSimilar(address, known, count)
        .map((candidate) => `"${candidate}"`)
        .join(", ")}`;

/** `"aws_sqs_queue.this" of test/jobs` */
const nameOf = (scope: Construct, twinAddress: string): string => `"${twinAddress}" of ${scope.node.path}`;

/** Checks what {@link Twin.adoptFrom} gets. */
export function checkAdoption(
  scope: Construct,
  previous: string | Readonly<Record<string, string>>,
  { state }: StateOptions,
): void {
  const inState = state === undefined ? undefined : addressesInState(scope, state);
  if (typeof previous === "string") {
    checkModule(scope, previous, inState, state);
    return;
  }
  const taken = new Map<string, string>();
  for (const [twinAddress, old] of Object.entries(previous)) {
    const type = resourceTypeOf(old);
    const gives = `adoptFrom gives "${twinAddress}" the address "${old}"`;
    if (type === undefined) {
      throw new ValidationError(
        scope,
        `${gives}; the address of a resource in the state has a form such as aws_sqs_queue.jobs, aws_sqs_queue.jobs[0] or module.jobs["nightly"].aws_sqs_queue.this.`,
      );
    }
    if ((resourceTypeOf(twinAddress) ?? type) !== type) {
      throw new ValidationError(
        scope,
        `${gives}, which is of type ${type}; both must be of the same resource type.`,
      );
    }
    if (taken.has(old)) {
      throw new ValidationError(
        scope,
        `adoptFrom gives "${taken.get(old)}" and "${twinAddress}" the same address "${old}"; a resource moves to one address.`,
      );
    }
    taken.set(old, twinAddress);
    if (inState && !inState.includes(old)) {
      throw new ValidationError(
        scope,
        `${gives}, which ${state} does not have; ${nearest(old, ofType(type, inState))}.`,
      );
    }
  }
}

/** Addresses of one type, or all when none has it. */
function ofType(type: string, addresses: readonly string[]): readonly string[] {
  const same = addresses.filter((address) => resourceTypeOf(address) === type);
  return same.length > 0 ? same : addresses;
}

function checkModule(
  scope: Construct,
  module: string,
  inState: readonly string[] | undefined,
  state: string | undefined,
): void {
  if (!isModuleAddress(module)) {
    throw new ValidationError(
      scope,
      `adoptFrom is "${module}"; the address of a module call has a form such as module.network or module.network["blue"]. For resources of another layout give a map from twin address to address.`,
    );
  }
  if (inState && !inState.some((address) => address.startsWith(`${module}.`))) {
    const modules = [...new Set(inState.flatMap(modulesOf))];
    throw new ValidationError(
      scope,
      `adoptFrom is "${module}", of which ${state} has no resource; ${modules.length > 0 ? nearest(module, modules) : "it has no module"}.`,
    );
  }
}

/** Addresses of the modules that an address is in. */
const modulesOf = (address: string): string[] =>
  [...address.matchAll(/\./g)]
    .map(({ index }) => address.slice(0, index))
    .filter((part) => isModuleAddress(part));

/**
 * Task definitions of another layout are forgotten, not moved. ECS changes none: a move ends in a new revision all the same,
 * created before the old one is destroyed. Terraform cannot order that (`Error: Cycle`) in the plan that destroys or
 * forgets what the old one referred to, since a state of others has not recorded `create_before_destroy`.
 */
const neverMoved = "aws_ecs_task_definition";

/** Writes the `moved` blocks, and `removed` blocks for what is never moved. */
export function adopt(
  scope: Construct,
  previous: string | Readonly<Record<string, string>>,
  addresses: Addresses,
  former: ReadonlyMap<string, string>,
): void {
  if (typeof previous === "string") moveFormer(scope, previous, former);
  const pairs =
    typeof previous === "string"
      ? [...addresses.keys()].map((address) => [address, `${previous}.${address}`] as const)
      : Object.entries(previous);
  for (const [twinAddress, old] of pairs) {
    const resource = resourceAt(scope, "adoptFrom", former.get(twinAddress) ?? twinAddress, addresses);
    const { terraformResourceType } = resource;
    if (resourceTypeOf(old) !== terraformResourceType) {
      throw new ValidationError(
        scope,
        `adoptFrom gives "${twinAddress}" the address "${old}"; both must be of the same resource type, ${terraformResourceType}.`,
      );
    }
    const { moved, forgotten } = ledgerOf(scope);
    const other = moved.get(old);
    const to = nameOf(scope, twinAddress);
    if (other !== undefined) {
      throw new ValidationError(
        scope,
        `adoptFrom moves "${old}" to ${other} and to ${to}; a resource moves to one address.`,
      );
    }
    if (forgotten.some(({ from }) => from === old)) {
      throw new ValidationError(
        scope,
        `forget names "${old}", which adoptFrom moves to ${to}; do one of them.`,
      );
    }
    moved.set(old, to);
    takeOrigin(scope, twinAddress, resource, `"${old}"`);
    if (typeof previous === "object" && terraformResourceType === neverMoved) {
      if (!forgotten.some(({ from }) => isWithin(old, from))) writeRemoved(scope, withoutKeys(old));
    } else {
      resource.moveFromId(old);
    }
  }
}

/**
 * A state of an earlier release has resources at former addresses. They move to those of today, as the module's own `moved`
 * blocks say, and from there on: Terraform follows chains, and ignores a `moved` block from an address that no state has.
 */
function moveFormer(scope: Construct, module: string, former: ReadonlyMap<string, string>): void {
  if (former.size === 0) return;
  const { formerMoves } = ledgerOf(scope);
  for (const [from, to] of former) formerMoves.push({ from: `${module}.${from}`, to: `${module}.${to}` });
  TerraformStack.of(scope).addOverride("moved", formerMoves);
}

function resourceAt(
  scope: Construct,
  method: string,
  twinAddress: string,
  addresses: Addresses,
): TerraformResource {
  const resource = addresses.get(twinAddress);
  if (resource) return resource;
  const known = [...addresses.keys()];
  throw unknownTwinAddress(scope, method, twinAddress, mostSimilar(twinAddress, known, 5), known.length);
}

function takeOrigin(
  scope: Construct,
  twinAddress: string,
  resource: TerraformResource,
  origin: string,
): void {
  const { origins } = ledgerOf(scope);
  const other = origins.get(resource);
  if (other !== undefined) {
    throw new ValidationError(
      scope,
      `"${twinAddress}" is taken over from ${other} and from ${origin}; give it one origin.`,
    );
  }
  origins.set(resource, origin);
}

/** Checks what {@link Twin.importFrom} gets. */
export function checkImports(scope: Construct, ids: Readonly<Record<string, string>>): void {
  for (const [twinAddress, id] of Object.entries(ids)) {
    if (typeof id === "string" && id.trim() !== "") continue;
    throw new ValidationError(
      scope,
      `importFrom gives "${twinAddress}" the ID ${JSON.stringify(id)}; it takes the ID that the resource type's page in the AWS provider's documentation names under "Import".`,
    );
  }
}

/** Writes the `import` blocks. */
export function importResources(
  scope: Construct,
  ids: Readonly<Record<string, string>>,
  addresses: Addresses,
): void {
  for (const [twinAddress, id] of Object.entries(ids)) {
    const resource = resourceAt(scope, "importFrom", twinAddress, addresses);
    const { imported } = ledgerOf(scope);
    const what = `${resource.terraformResourceType} ${id}`;
    const other = imported.get(what);
    const to = nameOf(scope, twinAddress);
    if (other !== undefined && !Token.isUnresolved(id)) {
      throw new ValidationError(
        scope,
        `importFrom gives ${other} and ${to} the same ID "${id}"; a resource is imported once.`,
      );
    }
    imported.set(what, to);
    takeOrigin(scope, twinAddress, resource, `the ID "${id}"`);
    resource.importFrom(id);
  }
}

/** Writes the `removed` blocks, and checks the addresses. */
export function forget(scope: Construct, addresses: readonly string[], { state }: StateOptions): void {
  const inState = state === undefined ? undefined : addressesInState(scope, state);
  const { forgotten, moved } = ledgerOf(scope);
  for (const address of addresses) {
    const names = `forget names "${address}"`;
    if (resourceTypeOf(address) === undefined && !isModuleAddress(address)) {
      throw new ValidationError(
        scope,
        `${names}; it takes the address of a resource or of a module in the state, such as aws_sqs_queue.jobs or module.jobs.`,
      );
    }
    if (address !== withoutKeys(address)) {
      throw new ValidationError(
        scope,
        `${names}; Terraform forgets all instances at once, so give "${withoutKeys(address)}".`,
      );
    }
    if (forgotten.some(({ from }) => from === address))
      throw new ValidationError(scope, `${names} twice; give it once.`);
    const destination = moved.get(address);
    if (destination !== undefined) {
      throw new ValidationError(scope, `${names}, which adoptFrom moves to ${destination}; do one of them.`);
    }
    const known = [...new Set(inState?.map(withoutKeys))];
    if (inState && !known.some((other) => isWithin(other, address))) {
      const candidates = isModuleAddress(address) ? [...new Set(known.flatMap(modulesOf))] : known;
      throw new ValidationError(
        scope,
        `${names}, which ${state} does not have; ${nearest(address, candidates)}.`,
      );
    }
    writeRemoved(scope, address);
  }
}

function writeRemoved(scope: Construct, from: string): void {
  const { forgotten } = ledgerOf(scope);
  forgotten.push({ from, lifecycle: { destroy: false } });
  // The libraries have no `removed` blocks.
  TerraformStack.of(scope).addOverride("removed", forgotten);
}
