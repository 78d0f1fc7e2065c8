import type { TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { adoptUnknownAddress, duplicateTwinAddress, wrongTwinAddress } from "./errors";
import { checkLibrary } from "./library";

/**
 * A construct with a Terraform module as its twin. Each resource records its twin address: the address it
 * has inside the module. From these addresses come the `moved` blocks of {@link adoptFrom} and the proof that
 * module and construct plan the same.
 */
export abstract class Twin extends Construct {
  private readonly resources = new Map<string, TerraformResource>();
  private readonly modules = new Map<string, Twin>();

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
   * Takes over resources that a state holds at other addresses, by Terraform `moved` blocks: the plan moves
   * them instead of destroying and creating them.
   *
   * @param previous the address of the module call to take over, for instance `module.network`; or, for
   * resources that another layout made, a map from twin address to the address in the state. A resource that
   * the map does not name is created.
   * @throws when the map names a twin address that this construct does not have.
   */
  adoptFrom(previous: string | Readonly<Record<string, string>>): void {
    const addresses = this.twinAddresses;
    if (typeof previous === "string") {
      for (const [address, resource] of addresses) resource.moveFromId(`${previous}.${address}`);
      return;
    }
    for (const [address, old] of Object.entries(previous)) {
      const resource = addresses.get(address);
      if (!resource) throw adoptUnknownAddress(this, address, [...addresses.keys()]);
      resource.moveFromId(old);
    }
  }

  /** Records the address that `resource` has inside the twin module, and hands the resource back. */
  protected twin<T extends TerraformResource>(address: string, resource: T): T {
    if (!address.startsWith(`${resource.terraformResourceType}.`)) {
      throw wrongTwinAddress(this, address, resource.terraformResourceType);
    }
    if (this.resources.has(address)) throw duplicateTwinAddress(this, address);
    this.resources.set(address, resource);
    return resource;
  }

  /** Records the address that a nested construct has as a module call inside the twin module. */
  protected twinModule<T extends Twin>(address: string, child: T): T {
    if (!address.startsWith("module.")) throw wrongTwinAddress(this, address, "module");
    if (this.modules.has(address)) throw duplicateTwinAddress(this, address);
    this.modules.set(address, child);
    return child;
  }
}
