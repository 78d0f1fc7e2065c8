import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isKnown, isToken } from "../core/validation";

const steps = (first: number, last: number, step: number): number[] =>
  Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step);

/** Memory in MiB that Fargate supports, by CPU units (Amazon ECS Developer Guide, "Task CPU and memory"). */
const memoryByCpu: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
]);

/** @throws ValidationError when Fargate does not support this combination of CPU units and memory. */
export function checkFargateSize(scope: Construct, cpu: number, memory: number): void {
  if (isToken(cpu) || isToken(memory)) {
    const byCpu = Object.fromEntries([...memoryByCpu].map(([units, sizes]) => [String(units), sizes]));
    checkAtPlan(
      scope,
      [cpu, memory],
      expression`contains(lookup(${byCpu}, tostring(${cpu}), []), ${memory})`,
      `memory is ${memory} with cpu ${cpu}; Fargate does not accept this combination (Amazon ECS Developer Guide, "Task CPU and memory").`,
    );
  }
  if (!isKnown(cpu)) return;
  const supported = memoryByCpu.get(cpu);
  check(
    scope,
    supported !== undefined,
    `cpu is ${cpu}; Fargate accepts ${[...memoryByCpu.keys()].join(", ")}.`,
  );
  check(
    scope,
    !isKnown(memory) || supported!.includes(memory),
    `memory is ${memory} with cpu ${cpu}; with this cpu Fargate accepts ${supported!.join(", ")}.`,
  );
}
