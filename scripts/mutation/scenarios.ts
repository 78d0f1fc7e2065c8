import type { World } from "./world";

/** What somebody does with the layout, and what must come of it. */
export interface Scenario {
  readonly name: string;
  /** Services, as policies name them, whose actions this scenario depends on. */
  readonly needs: readonly string[];
  /** Rejects when what must come of it does not. */
  play(world: World): Promise<void>;
}

async function eachService(world: World, play: (service: string) => Promise<void>): Promise<void> {
  await Promise.all(world.services.map(play));
}

/** Every promise of the layout that takes a right. Add a scenario with what is added to the layout. */
export const scenarios: readonly Scenario[] = [
  {
    name: "an event starts its task, and both write their logs",
    needs: ["ecs", "iam", "logs", "ecr", "secretsmanager", "ssm"],
    async play(world) {
      await eachService(world, async (service) => {
        const event = await world.aws.put({ service });
        const task = await world.stoppedTask(event.id);
        const output = await world.aws.outputOf(task);
        if (!output.some((line) => line.includes(event.id)))
          throw new Error(`the task of ${service} has no log`);
        const log = await world.aws.functionLog();
        if (!log.some((line) => line.includes(event.id))) throw new Error("the function has no log");
      });
    },
  },
  {
    name: "a long event reaches its task by way of the bucket",
    needs: ["s3"],
    async play(world) {
      await eachService(world, async (service) => {
        const event = await world.aws.put({ service, blob: "x".repeat(20_000) });
        await world.stoppedTask(event.id);
      });
    },
  },
  {
    name: "an event that cannot be launched is a dead letter",
    needs: ["sqs"],
    async play(world) {
      const event = await world.aws.put({ service: "nobody" });
      await world.until("its dead letter", () => world.deadLetter(event.id));
    },
  },
  {
    name: "an event that fails again and again is a dead letter",
    needs: ["sqs"],
    async play(world) {
      const [service] = world.services;
      await world.under(
        [{ service: "ecs", action: "RunTask", fault: "error", code: "ServerException", status: 500 }],
        async () => {
          const event = await world.aws.put({ service });
          await world.until("its dead letter", () => world.deadLetter(event.id));
        },
      );
    },
  },
];
