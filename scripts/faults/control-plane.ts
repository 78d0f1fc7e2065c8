import { createHash } from "node:crypto";
import { type HttpResponse, jsonResponse } from "../../local/http";
import { InMemory } from "../../local/in-memory";
import type { Call } from "../../local/routing";
import type { Upstream } from "../../local/upstream";

type Rule = { Name: string; Arn: string; State: string; EventPattern?: string; ScheduleExpression?: string };
type Input = Record<string, unknown>;

// The scenarios do not test permissions: EventBridge is allowed to invoke every function.
const functionPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: "*",
    },
  ],
};

/** A control plane with functions and rules, beside the resources of local AWS in process. */
export class ControlPlane implements Upstream {
  private readonly others = new InMemory([]);
  private readonly functions = new Map<string, object>();
  private readonly invokeConfigs = new Map<string, Input>();
  private readonly rules = new Map<string, Rule>();
  private readonly targets = new Map<string, unknown>();

  async send(call: Call): Promise<HttpResponse> {
    if (call.service === "lambda") return this.lambda(call);
    if (call.service === "events") return jsonResponse(this.events(call, inputOf(call)));
    return this.others.send(call);
  }

  private lambda(call: Call): HttpResponse {
    const { method, path } = call.request;
    const [, name = "", part] = /\/functions\/([^/]+)\/([\w-]+)$/.exec(path) ?? [];
    if (method === "POST" && path.endsWith("/functions")) return jsonResponse(this.createFunction(call));
    if (method === "PUT" && part === "event-invoke-config") this.invokeConfigs.set(name, inputOf(call));
    const found =
      part === "configuration"
        ? this.functions.get(name)
        : part === "event-invoke-config"
          ? this.invokeConfigs.get(name)
          : part === "policy"
            ? { Policy: JSON.stringify(functionPolicy) }
            : undefined;
    return found ? jsonResponse(found) : jsonResponse({ __type: "ResourceNotFoundException" }, 404);
  }

  private createFunction(call: Call): object {
    const { Code, ...input } = inputOf(call) as Input & { FunctionName: string; Code: { ZipFile: string } };
    const configuration = {
      ...input,
      FunctionArn: `arn:aws:lambda:${call.region}:${call.account}:function:${input.FunctionName}`,
      Version: "$LATEST",
      CodeSha256: createHash("sha256").update(Buffer.from(Code.ZipFile, "base64")).digest("base64"),
    };
    this.functions.set(input.FunctionName, configuration);
    return configuration;
  }

  private events({ account, region, action }: Call, input: Input): object {
    const { Name, Rule: rule, Targets, EventBusName = "default" } = input;
    switch (action) {
      case "PutRule": {
        const Arn = `arn:aws:events:${region}:${account}:rule/${Name}`;
        this.rules.set(String(Name), { State: "ENABLED", ...input, Name: String(Name), Arn });
        return { RuleArn: Arn };
      }
      case "PutTargets":
        this.targets.set(String(rule), Targets);
        return { FailedEntryCount: 0, FailedEntries: [] };
      case "ListRules":
        return { Rules: EventBusName === "default" ? [...this.rules.values()] : [] };
      default:
        return { Targets: this.targets.get(String(rule)) ?? [] };
    }
  }
}

const inputOf = ({ request }: Call): Input => JSON.parse(request.body.toString() || "{}");
