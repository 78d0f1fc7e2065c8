import { fargateMemory } from "./fargate-memory";

/** Whether Fargate has this combination of CPU units and memory in MiB. */
export function isFargateSize(cpu: string | undefined, memory: string | undefined): boolean {
  return fargateMemory.get(Number(cpu))?.includes(Number(memory)) ?? false;
}
