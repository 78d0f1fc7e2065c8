import { randomUUID } from "node:crypto";
import type { World } from "./world";

/** What somebody does with the layout, and what must come of it. */
export interface Scenario {
  readonly name: string;
  /** Services, as policies name them, whose actions this scenario depends on. */
  readonly needs: readonly string[];
  /** Rejects when what must come of it does not. */
  play(world: World): Promise<void>;
}

async function forEach(services: readonly string[], play: (service: string) => Promise<void>): Promise<void> {
  await Promise.all(services.map(play));
}

function demand(truth: boolean, otherwise: string): void {
  if (!truth) throw new Error(otherwise);
}

/** Every promise of the layout that takes a right. Whoever adds to the layout what takes one, adds a scenario. */
export const scenarios: readonly Scenario[] = [
  {
    name: "an event starts its task, and both write their logs",
    // s3 for the launch record, sqs for the buffer.
    needs: ["ecs", "iam", "logs", "ecr", "secretsmanager", "ssm", "s3", "sqs"],
    play: (world) =>
      forEach(world.services, async (service) => {
        const event = await world.start(service);
        const task = await world.doneTask(service, event);
        const output = await world.aws.outputOf(task);
        demand(
          output.some((line) => line.includes(event)),
          `the task of ${service} has no log`,
        );
        const log = await world.aws.functionLog();
        demand(
          log.some((line) => line.includes(event)),
          "the function has no log",
        );
      }),
  },
  {
    name: "a long event reaches its task by way of the bucket",
    needs: ["s3"],
    play: (world) =>
      forEach(world.services, async (service) => {
        const event = await world.start(service, { blob: "x".repeat(20_000) });
        await world.doneTask(service, event);
      }),
  },
  {
    name: "an event of 300 KB reaches its task by way of the buffer, and of the function itself",
    needs: ["s3", "sqs", "lambda"],
    async play(world) {
      const text = "x".repeat(300_000);
      await world.doneTask("report", await world.start("report", { text }));
      // Not from EventBridge, so it is not held in the buffer.
      const id = randomUUID();
      await world.aws.deliver({ id, detail: { service: "report", text } });
      await world.doneTask("report", id);
    },
  },
  {
    name: "a job that exits with 3 is retried after its backoff",
    needs: ["s3", "sqs"],
    async play(world) {
      const event = await world.start("report", { succeedsAtAttempt: 2 });
      await world.until("the attempt that succeeds", async () => {
        const tasks = await world.tasksOf(event);
        return tasks.find(({ containers }) => containers?.[0]?.exitCode === 0);
      });
    },
  },
  {
    name: "an event that cannot be launched is a dead letter with the reason",
    needs: ["sqs"],
    async play(world) {
      const event = await world.start("nobody");
      // A buffer gives up as well, later and without a reason.
      const letter = await world.until("its dead letter", () => world.deadLetter(event));
      demand(letter.includes("known services"), `the dead letter has no reason: ${letter}`);
    },
  },
  {
    name: "an event that fails again and again is a dead letter",
    needs: ["sqs"],
    async play(world) {
      const broken = { service: "ecs", action: "RunTask", fault: "error", code: "ServerException" } as const;
      await world.under([{ ...broken, status: 500 }], async () => {
        const event = await world.start("report");
        await world.until("its dead letter", () => world.deadLetter(event));
      });
    },
  },
  {
    name: "a stop event that names nobody is a dead letter",
    needs: ["sqs"],
    async play(world) {
      const event = await world.stop(["nobody"]);
      await world.until("its dead letter", () => world.deadLetter(event));
    },
  },
  {
    name: "a task is a target while it runs, and no longer",
    needs: ["ecs", "elasticloadbalancing", "logs"],
    async play(world) {
      const written = await world.listenToRegistrar();
      await forEach(world.serving, async (service) => {
        const event = await world.start(service);
        const task = await world.startedTask(event);
        await world.until("the target", async () => (await world.isTarget(task)) || undefined);
        demand((await written()).length > 0, "the registrar has no log");
        await world.doneTask(service, event);
        await world.until("the end of the target", async () => !(await world.isTarget(task)) || undefined);
      });
    },
  },
  {
    name: "a stop event drains a task and stops it, without a single error",
    needs: ["ecs", "elasticloadbalancing", "sqs"],
    async play(world) {
      // A sweep would heal what the reminders fail to do.
      const swept = {
        service: "events",
        action: "Deliver",
        detailType: "Scheduled Event",
        fault: "lose",
      } as const;
      const written = await world.listenToRegistrar();
      await world.under([swept], () =>
        forEach(world.serving, async (service) => {
          const event = await world.start(service);
          const task = await world.startedTask(event);
          await world.until("the target", async () => (await world.isTarget(task)) || undefined);
          await world.stop([service]);
          await world.stoppedTask(event);
        }),
      );
      const error = (await written()).find((line) => line.includes('"ERROR"'));
      demand(error === undefined, `the registrar says: ${error}`);
    },
  },
  {
    name: "a task that failed to start is launched again, with the event it had",
    needs: ["ecs", "s3"],
    async play(world) {
      const reason = "Timeout waiting for network interface provisioning to complete.";
      const failing = { service: "ecs", action: "RunTask", fault: "failsToStart", reason, times: 1 } as const;
      await world.under([failing], async () => {
        const event = await world.start("report", { blob: "x".repeat(20_000) });
        await world.until("the task that ran", async () => {
          const tasks = await world.tasksOf(event);
          return tasks.find(({ containers }) => containers?.[0]?.exitCode === 0);
        });
      });
    },
  },
  {
    name: "a schedule fires",
    needs: ["lambda"],
    play: (world) =>
      forEach(world.schedules, async (schedule) => {
        const fired = async () =>
          (await world.aws.functionLog()).filter((line) => line.includes(schedule)).length;
        const before = await fired();
        await world.until(`what ${schedule} starts`, async () => (await fired()) > before || undefined);
      }),
  },
  {
    name: "what a schedule cannot hand over is a dead letter",
    needs: ["sqs"],
    async play(world) {
      const refused = {
        service: "lambda",
        action: "Invoke",
        fault: "error",
        code: "AccessDeniedException",
      } as const;
      await world.under([refused], () =>
        forEach(world.schedules, async (schedule) => {
          await world.until("its dead letter", () => world.deadLetter(schedule));
        }),
      );
    },
  },
];
