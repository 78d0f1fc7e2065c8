import { AwsError } from "../aws-error";
import type { Call, Caller } from "../routing";
import type { Parameter, SettingCatalog } from "./parameters";
import { formOf } from "./query";

/** Parameters that users have set in DB parameter groups. moto keeps the groups, and cannot reset their parameters. */
export class ParameterGroups {
  private readonly groups = new Map<string, Map<string, Parameter>>();

  of(caller: Caller, group: string): Parameter[] {
    return [...(this.groups.get(keyOf(caller, group))?.values() ?? [])];
  }

  /** The parameters of a call, which are to be set or reset. Throws for what RDS refuses. */
  static parametersOf(call: Call, settings: SettingCatalog): Parameter[] {
    const form = formOf(call);
    return [...form.keys()]
      .filter((key) => /^Parameters\.(Parameter|member)\.\d+\.ParameterName$/.test(key))
      .map((key) => {
        const at = (name: string) => form.get(key.replace(/ParameterName$/, name));
        const name = at("ParameterName") ?? "";
        const applyMethod = at("ApplyMethod") ?? "immediate";
        const isStatic =
          settings.get(name)?.isStatic ||
          ["shared_preload_libraries", "rds.logical_replication"].includes(name);
        if (isStatic && applyMethod === "immediate")
          throw new AwsError(
            "InvalidParameterCombination",
            `cannot use immediate apply method for static parameter (${name})`,
          );
        return { name, value: at("ParameterValue") ?? "", applyMethod };
      });
  }

  set(caller: Caller, group: string, parameters: Parameter[]): void {
    const before = this.groups.get(keyOf(caller, group)) ?? new Map<string, Parameter>();
    for (const parameter of parameters) before.set(parameter.name, parameter);
    this.groups.set(keyOf(caller, group), before);
  }

  /** @param parameters undefined: all */
  reset(caller: Caller, group: string, parameters?: Parameter[]): void {
    if (!parameters) this.groups.delete(keyOf(caller, group));
    for (const { name } of parameters ?? []) this.groups.get(keyOf(caller, group))?.delete(name);
  }

  copy(caller: Caller, from: string, to: string): void {
    this.set(caller, to, this.of(caller, from));
  }
}

function keyOf({ account, region }: Caller, group: string): string {
  return `${account}/${region}/${group.replace(/^arn:.*:pg:/, "").toLowerCase()}`;
}
