import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import {
  duplicateTwinAddress,
  unknownName,
  unknownNameMessage,
  unknownTwinAddress,
  wrongTwinAddress,
} from "./errors";
import { checkLibrary } from "./library";

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
  private givenNames: Names = {};
  private readonly namedAddresses = new Set<string>();

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

  /**
   * Adopts resources that the state has at other addresses, with Terraform `moved` blocks: the plan moves them instead
   * of destroying and creating them.
   *
   * @param previous Address of the module call to adopt, for instance `module.network`. Or, for resources of another
   * layout, a map from twin address to the address in the state; a resource that is not in the map is created.
   * @throws ValidationError when the map has a twin address that this construct does not have.
   */
  adoptFrom(previous: string | Readonly<Record<string, string>>): void {
    const addresses = this.twinAddresses;
    if (typeof previous === "string") {
      for (const [address, resource] of addresses) resource.moveFromId(`${previous}.${address}`);
      return;
    }
    for (const [address, old] of Object.entries(previous)) {
      const resource = addresses.get(address);
      if (!resource) throw unknownTwinAddress(this, address, [...addresses.keys()]);
      resource.moveFromId(old);
    }
  }

  /** Takes the prop `names`. Call it before {@link named}, and {@link refuseUnknownNames} at the end of the constructor. */
  protected useNames(names: Names | undefined): void {
    this.givenNames = names ?? {};
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
    if (wrong !== undefined) throw unknownName(this, wrong, [...this.namedAddresses]);
    if (unknown.length > 0) {
      this.node.addValidation({
        validate: () =>
          this.unknownNames().map((address) => unknownNameMessage(address, [...this.namedAddresses])),
      });
    }
  }

  private unknownNames(): string[] {
    const modules = [...this.namedAddresses].filter((address) => address.endsWith(".…"));
    return Object.keys(this.givenNames).filter(
      (address) =>
        !this.namedAddresses.has(address) &&
        !modules.some((module) => address.startsWith(module.slice(0, -1))),
    );
  }

  /** Records the address of `resource` inside the twin module, and returns `resource`. */
  protected twin<T extends TerraformResource>(address: string, resource: T): T {
    if (!address.startsWith(`${resource.terraformResourceType}.`)) {
      throw wrongTwinAddress(this, address, resource.terraformResourceType);
    }
    if (this.resources.has(address)) throw duplicateTwinAddress(this, address);
    this.resources.set(address, resource);
    return resource;
  }

  /** Records the address of a nested construct as a module call inside the twin module, and returns the construct. */
  protected twinModule<T extends Twin>(address: string, child: T): T {
    if (!address.startsWith("module.")) throw wrongTwinAddress(this, address, "module");
    if (this.modules.has(address)) throw duplicateTwinAddress(this, address);
    this.modules.set(address, child);
    return child;
  }
}
