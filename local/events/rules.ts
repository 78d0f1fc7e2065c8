import { AwsError } from "../aws-error";
import type { Caller } from "../routing";
import { askJson, type Upstream } from "../upstream";

export interface Rule {
  Name: string;
  Arn: string;
  State: string;
  EventBusName?: string;
  EventPattern?: string;
  ScheduleExpression?: string;
  targets: Target[];
}

export interface Target {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

/** The rules of an event bus with their targets, cached until one of them changes. */
export class Rules {
  private readonly cache = new Map<string, Promise<Rule[]>>();

  constructor(private readonly upstream: Upstream) {}

  /** Must be called after a write to the control plane. */
  clearCache(): void {
    this.cache.clear();
  }

  /** Returns no rules for a bus that does not exist. */
  of(caller: Caller, bus: string): Promise<Rule[]> {
    const key = `${caller.account}/${caller.region}/${bus}`;
    let rules = this.cache.get(key);
    if (!rules) {
      rules = this.load(caller, bus);
      this.cache.set(key, rules);
      rules.catch(() => this.cache.delete(key));
    }
    return rules;
  }

  private async load(caller: Caller, EventBusName: string): Promise<Rule[]> {
    try {
      const found = await this.pages<Rule, "Rules">(caller, "ListRules", "Rules", { EventBusName });
      return await Promise.all(
        found.map(async (rule) => ({
          ...rule,
          targets: await this.pages<Target, "Targets">(caller, "ListTargetsByRule", "Targets", {
            EventBusName,
            Rule: rule.Name,
          }),
        })),
      );
    } catch (error) {
      if (error instanceof AwsError && error.code === "ResourceNotFoundException") return [];
      throw error;
    }
  }

  private async pages<T, Field extends string>(
    caller: Caller,
    action: string,
    field: Field,
    input: object,
  ): Promise<T[]> {
    const items: T[] = [];
    let NextToken: string | undefined;
    do {
      const page: Partial<Record<Field, T[]>> & { NextToken?: string } = await askJson(
        this.upstream,
        caller,
        "events",
        action,
        { ...input, NextToken },
      );
      items.push(...(page[field] ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return items;
  }
}
