// Made by `npm run docs` from scripts/fargate-sizes.json: Amazon ECS Developer Guide, "Task CPU and memory" (fargate-tasks-services.html and create-task-definition.html), read on 2026-11-29.

const steps = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/** Memory in MiB that Fargate supports, by CPU units. */
export const fargateMemory: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16384, 1024)],
  [4096, steps(8192, 30720, 1024)],
  [8192, steps(16384, 61440, 4096)],
  [16384, steps(32768, 122880, 8192)],
  [32768, [61440, 122880, 249856]],
]);
