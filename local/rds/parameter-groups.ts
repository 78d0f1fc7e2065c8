import { AwsError } from "../aws-error";
import type { HttpResponse } from "../http";
import { queryResponse } from "../query-protocol";
import type { Call, Caller } from "../routing";
import { isTrue } from "./checks";
import { type Parameter, readSettingCatalog, type SettingCatalog } from "./parameters";
import { formOf, withXml } from "./query";

interface Options {
  forward(call: Call): Promise<HttpResponse>;
  /** Called when parameters of a group have changed. */
  changed(caller: Caller, group: string): Promise<void>;
}

/** Parameters that users have set in DB parameter groups. moto keeps the groups, and cannot reset their parameters. */
export class ParameterGroups {
  private readonly groups = new Map<string, Map<string, Parameter>>();

  constructor(private readonly options: Options) {}

  /** Answers a call on parameters; undefined for any other call. */
  handle(call: Call): Promise<HttpResponse> | undefined {
    switch (call.action) {
      case "ModifyDBParameterGroup":
        return this.modify(call);
      case "ResetDBParameterGroup":
        return this.resetTo(call);
      case "CopyDBParameterGroup":
      case "DeleteDBParameterGroup":
        return this.follow(call);
      case "DescribeDBParameters":
        return this.describe(call);
      default:
        return undefined;
    }
  }

  of(caller: Caller, group: string): Parameter[] {
    return [...(this.groups.get(keyOf(caller, group))?.values() ?? [])];
  }

  private async modify(call: Call): Promise<HttpResponse> {
    const group = formOf(call).get("DBParameterGroupName") ?? "";
    const parameters = parametersIn(call, await readSettingCatalog());
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    this.set(call, group, parameters);
    await this.options.changed(call, group);
    return response;
  }

  private async resetTo(call: Call): Promise<HttpResponse> {
    const form = formOf(call);
    const group = form.get("DBParameterGroupName") ?? "";
    const parameters = parametersIn(call, await readSettingCatalog());
    this.reset(call, group, isTrue(form, "ResetAllParameters") ? undefined : parameters);
    await this.options.changed(call, group);
    return queryResponse(call.action, { DBParameterGroupName: group });
  }

  private async follow(call: Call): Promise<HttpResponse> {
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    const name = (parameter: string) => formOf(call).get(parameter) ?? "";
    if (call.action === "DeleteDBParameterGroup") this.reset(call, name("DBParameterGroupName"));
    else {
      const copied = this.of(call, name("SourceDBParameterGroupIdentifier"));
      this.set(call, name("TargetDBParameterGroupIdentifier"), copied);
    }
    return response;
  }

  /** Only those that a user has set. RDS has some 400 more. */
  private async describe(call: Call): Promise<HttpResponse> {
    const response = await this.options.forward(call);
    if (response.status >= 300) return response;
    const settings = await readSettingCatalog();
    const parameters = this.of(call, formOf(call).get("DBParameterGroupName") ?? "");
    const answer = queryResponse(call.action, {
      Parameters: parameters.map(({ applyMethod, name, value }) => ({
        ParameterName: name,
        ParameterValue: value,
        Source: "user",
        ApplyType: isStatic(name, settings) ? "static" : "dynamic",
        DataType: "string",
        IsModifiable: "true",
        ApplyMethod: applyMethod,
      })),
    });
    return withXml(answer, answer.body.toString().replaceAll("member>", "Parameter>"));
  }

  private set(caller: Caller, group: string, parameters: Parameter[]): void {
    const before = this.groups.get(keyOf(caller, group)) ?? new Map<string, Parameter>();
    for (const parameter of parameters) before.set(parameter.name, parameter);
    this.groups.set(keyOf(caller, group), before);
  }

  /** @param parameters undefined: all */
  private reset(caller: Caller, group: string, parameters?: Parameter[]): void {
    if (!parameters) this.groups.delete(keyOf(caller, group));
    for (const { name } of parameters ?? []) this.groups.get(keyOf(caller, group))?.delete(name);
  }
}

/** The parameters of a call, which are to be set or reset. Throws for what RDS refuses. */
function parametersIn(call: Call, settings: SettingCatalog): Parameter[] {
  const form = formOf(call);
  return [...form.keys()]
    .filter((key) => /^Parameters\.(Parameter|member)\.\d+\.ParameterName$/.test(key))
    .map((key) => {
      const at = (name: string) => form.get(key.replace(/ParameterName$/, name));
      const name = at("ParameterName") ?? "";
      const applyMethod = at("ApplyMethod") ?? "immediate";
      if (isStatic(name, settings) && applyMethod === "immediate")
        throw new AwsError(
          "InvalidParameterCombination",
          `cannot use immediate apply method for static parameter (${name})`,
        );
      return { name, value: at("ParameterValue") ?? "", applyMethod };
    });
}

function isStatic(name: string, settings: SettingCatalog): boolean {
  return (
    settings.get(name)?.isStatic || ["shared_preload_libraries", "rds.logical_replication"].includes(name)
  );
}

function keyOf({ account, region }: Caller, group: string): string {
  return `${account}/${region}/${group.replace(/^arn:.*:pg:/, "").toLowerCase()}`;
}
