import type { IResolvable, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import {
  adopt,
  atSynthesis,
  checkAdoption,
  checkImports,
  forget,
  importResources,
  type StateOptions,
} from "./adoption";
import { duplicateTwinAddress, unknownNameMessage, ValidationError, wrongTwinAddress } from "./errors";
import { checkLibrary } from "./library";
import { asWritten, type PropPaths, rememberPaths } from "./prop-paths";
import { checkKeys } from "./typed";

export type { StateOptions } from "./adoption";

/**
 * Names of existing resources, by twin address: each replaces the name that the block would give, so that an adopted
 * resource is not replaced. A description that AWS cannot change has the address `<twin address>.description`.
 */
export type Names = Readonly<Record<string, string>>;

/**
 * A construct with a Terraform module as its twin. Each resource records its twin address: its address inside the module.
 * {@link adoptFrom} and the test that module and construct plan the same use these addresses.
 */
export abstract class Twin extends Construct {
  private readonly resources = new Map<string, TerraformResource>();
  private readonly modules = new Map<string, Twin>();
  /** Twin addresses by the address that the resource had in earlier releases. */
  private readonly former = new Map<string, string>();
  private givenNames: Names = {};
  private readonly namedAddresses = new Set<string>();
  /** Preconditions that wait for the first resource. */
  private preconditions: { condition: IResolvable; errorMessage: string }[] = [];

  /** @throws ValidationError when the app is made with the other CDK library */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    checkLibrary(scope);
  }

  /**
   * Every resource of this construct and of the constructs within it, by twin address, for instance
   * `aws_subnet.private["eu-west-1a"]` or `module.network.aws_vpc.this`.
   */
  get twinAddresses(): ReadonlyMap<string, TerraformResource> {
    const all = new Map(this.resources);
    for (const [module, child] of this.modules) {
      for (const [address, resource] of child.twinAddresses) all.set(`${module}.${address}`, resource);
    }
    return all;
  }

  /** Twin addresses by the address that the resource had in earlier releases, also within nested constructs. */
  private get formerAddresses(): ReadonlyMap<string, string> {
    const all = new Map(this.former);
    for (const [module, child] of this.modules) {
      for (const [old, address] of child.formerAddresses) all.set(`${module}.${old}`, `${module}.${address}`);
    }
    return all;
  }

  /**
   * Adopts resources that the state has at other addresses, with Terraform `moved` blocks: the plan moves them instead
   * of destroying and creating them. It acts at synthesis, so it also adopts the resources that methods of this construct
   * add later. Whatever else the state has and the stack does not is destroyed: adopt, {@link forget} or keep it.
   *
   * @param previous Address of the module call to adopt, for instance `module.network`. Or, for resources of another
   * layout, a map from twin address to the address in the state; a resource that is not in the map is created. A task
   * definition in the map is removed from the state without destroying it, as by {@link forget}, and its new revision is
   * created: a move could end in a cycle. This needs Terraform ≥ 1.7 or OpenTofu ≥ 1.10.
   * @param options A state file to compare the addresses with.
   * @throws ValidationError when an address has no valid form, two resources get the same one, the types of a pair differ,
   * or the state file does not have it; at synthesis when the map has a twin address that this construct does not have, or
   * another construct of the stack adopts the same address.
   */
  adoptFrom(previous: string | Readonly<Record<string, string>>, options: StateOptions = {}): void {
    checkAdoption(this, previous, options);
    atSynthesis(this, () => adopt(this, previous, this.twinAddresses, this.formerAddresses));
  }

  /**
   * Takes over resources that exist and are in no state, with Terraform `import` blocks. It acts at synthesis. It needs
   * Terraform ≥ 1.5 or OpenTofu ≥ 1.6.
   *
   * @param ids A map from twin address to the ID that the AWS provider imports, for instance the URL of a queue.
   * @throws ValidationError when an ID is empty; at synthesis when the map has a twin address that this construct does not
   * have, two resources get the same ID, or a resource is adopted too.
   */
  importFrom(ids: Readonly<Record<string, string>>): void {
    checkImports(this, ids);
    atSynthesis(this, () => importResources(this, ids, this.twinAddresses));
  }

  /**
   * Removes resources from the state without destroying them, with `removed` blocks in the stack: for what a module of
   * yours created and no construct adopts. It needs Terraform ≥ 1.7 or OpenTofu ≥ 1.10.
   *
   * @param addresses Addresses of resources or modules in the state, without keys of instances. A module's resources that
   * {@link adoptFrom} moves are not forgotten.
   * @param options A state file to compare the addresses with.
   * @throws ValidationError when an address has no valid form, is given twice, is adopted too, or the state file does not
   * have it.
   */
  forget(addresses: readonly string[], options: StateOptions = {}): void {
    forget(this, addresses, options);
  }

  /**
   * Takes the prop `names`. Call it before {@link named}, and {@link refuseUnknownNames} at the end of the constructor.
   *
   * @param former addresses of earlier releases, which `names` may have too, with those of today
   */
  protected useNames(names: Names | undefined, former: Readonly<Record<string, string>> = {}): void {
    checkKeys(this, "names", names);
    this.givenNames = Object.fromEntries(
      Object.entries(names ?? {}).map(([address, name]) => [former[address] ?? address, name]),
    );
  }

  /** The name that `names` gives the resource with this address; undefined if it gives none. */
  protected named(address: string, attribute?: "description"): string | undefined {
    const key = attribute === undefined ? address : `${address}.${attribute}`;
    this.namedAddresses.add(key);
    return this.givenNames[key];
  }

  /** The `names` of a nested construct, with addresses inside it. */
  protected namesIn(module: string): Names {
    const prefix = `${module}.`;
    this.namedAddresses.add(`${prefix}…`);
    return Object.fromEntries(
      Object.entries(this.givenNames)
        .filter(([address]) => address.startsWith(prefix))
        .map(([address, name]) => [address.slice(prefix.length), name]),
    );
  }

  /**
   * @param later beginnings of addresses that methods may add; what begins so is checked at synthesis
   * @throws ValidationError when `names` has an address that is not the address of a name
   */
  protected refuseUnknownNames(...later: readonly string[]): void {
    const isLater = (address: string) => later.some((beginning) => address.startsWith(beginning));
    const unknown = this.unknownNames();
    const wrong = unknown.find((address) => !isLater(address));
    if (wrong !== undefined) throw new ValidationError(this, this.nameMessage(wrong));
    if (unknown.length > 0) {
      this.node.addValidation({
        validate: () => this.unknownNames().map((address) => this.nameMessage(address)),
      });
    }
  }

  private nameMessage(address: string): string {
    const outer = this.prefixOfName(address);
    return unknownNameMessage(
      `${outer}${address}`,
      [...this.namedAddresses].map((known) => `${outer}${known}`),
    );
  }

  /** What the user wrote before `address`, in `names` of a construct around this one. */
  private prefixOfName(address: string): string {
    const parent = this.node.scope;
    if (!(parent instanceof Twin)) return "";
    // The construct is nested in the last one of these modules, unless it was made by a method.
    const prefix = [...parent.namedAddresses]
      .reverse()
      .filter((known) => known.endsWith(".…"))
      .map((known) => known.slice(0, -1))
      .find((known) => Object.hasOwn(parent.givenNames, `${known}${address}`));
    return prefix === undefined ? "" : `${parent.prefixOfName(`${prefix}${address}`)}${prefix}`;
  }

  private unknownNames(): string[] {
    const modules = [...this.namedAddresses].filter((address) => address.endsWith(".…"));
    return Object.keys(this.givenNames).filter(
      (address) =>
        !this.namedAddresses.has(address) &&
        !modules.some((module) => address.startsWith(module.slice(0, -1))),
    );
  }

  /**
   * Makes Terraform refuse the plan unless `condition` is true, by a precondition of the first resource.
   *
   * @internal
   */
  requireAtPlan(condition: IResolvable, errorMessage: string): void {
    this.preconditions.push({ condition, errorMessage: asWritten(this, errorMessage) });
    this.attachPreconditions();
  }

  private attachPreconditions(): void {
    if (this.preconditions.length === 0) return;
    const [resource] = this.twinAddresses.values();
    if (!resource) return;
    const { precondition = [], ...lifecycle } = resource.lifecycle ?? {};
    resource.lifecycle = { ...lifecycle, precondition: [...precondition, ...this.preconditions] };
    this.preconditions = [];
  }

  /**
   * The id of a nested construct, whose errors then name its props by the paths that the user wrote. Call it before the
   * construct is made.
   */
  protected nested(id: string, paths: PropPaths): string {
    rememberPaths(this, id, paths);
    return id;
  }

  /**
   * Records the address of `resource` inside the twin module, and returns `resource`.
   *
   * @param former the address that it had in earlier releases, which the module has in a `moved` block
   */
  protected twin<T extends TerraformResource>(address: string, resource: T, former?: string): T {
    if (!address.startsWith(`${resource.terraformResourceType}.`)) {
      throw wrongTwinAddress(this, address, resource.terraformResourceType);
    }
    if (this.resources.has(address)) throw duplicateTwinAddress(this, address);
    this.resources.set(address, resource);
    if (former !== undefined) this.former.set(former, address);
    this.attachPreconditions();
    return resource;
  }

  /** Records the address of a nested construct as a module call inside the twin module, and returns the construct. */
  protected twinModule<T extends Twin>(address: string, child: T): T {
    if (!address.startsWith("module.")) throw wrongTwinAddress(this, address, "module");
    if (this.modules.has(address)) throw duplicateTwinAddress(this, address);
    this.modules.set(address, child);
    this.attachPreconditions();
    return child;
  }
}
