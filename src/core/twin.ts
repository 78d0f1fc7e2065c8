import type { IResolvable, TerraformResource } from "cdktf";
import { Construct } from "constructs";
import { duplicateTwinAddress, unknownTwinAddress, wrongTwinAddress } from "./errors";
import { checkLibrary } from "./library";

/**
 * A construct with a Terraform module as its twin. Each resource records its twin address: its address inside the module.
 * {@link adoptFrom} and the test that module and construct plan the same use these addresses.
 */
export abstract class Twin extends Construct {
  private readonly resources = new Map<string, TerraformResource>();
  private readonly modules = new Map<string, Twin>();
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

  /**
   * Makes Terraform refuse the plan unless `condition` is true, by a precondition of the first resource.
   *
   * @internal
   */
  requireAtPlan(condition: IResolvable, errorMessage: string): void {
    this.preconditions.push({ condition, errorMessage });
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

  /** Records the address of `resource` inside the twin module, and returns `resource`. */
  protected twin<T extends TerraformResource>(address: string, resource: T): T {
    if (!address.startsWith(`${resource.terraformResourceType}.`)) {
      throw wrongTwinAddress(this, address, resource.terraformResourceType);
    }
    if (this.resources.has(address)) throw duplicateTwinAddress(this, address);
    this.resources.set(address, resource);
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
