import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isKnown, isToken } from "../core/validation";
import { fargateMemory } from "./fargate-memory";

/**
 * @param hint added to the messages
 * @throws ValidationError when Fargate does not support this combination of CPU units and memory.
 */
export function checkFargateSize(scope: Construct, cpu: number, memory: number, hint = ""): void {
  if (isToken(cpu) || isToken(memory)) {
    const byCpu = Object.fromEntries([...fargateMemory].map(([units, sizes]) => [String(units), sizes]));
    checkAtPlan(
      scope,
      [cpu, memory],
      expression`contains(lookup(${byCpu}, tostring(${cpu}), []), ${memory})`,
      `memory is ${memory} with cpu ${cpu}; Fargate does not accept this combination (Amazon ECS Developer Guide, "Task CPU and memory").${hint}`,
    );
  }
  if (!isKnown(cpu)) return;
  const supported = fargateMemory.get(cpu);
  check(
    scope,
    supported !== undefined,
    `cpu is ${cpu}; Fargate accepts ${[...fargateMemory.keys()].join(", ")}.${hint}`,
  );
  check(
    scope,
    !isKnown(memory) || supported!.includes(memory),
    `memory is ${memory} with cpu ${cpu}; with this cpu Fargate accepts ${supported!.join(", ")}.${hint}`,
  );
}
