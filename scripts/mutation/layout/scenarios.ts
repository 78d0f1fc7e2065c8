import { randomUUID } from "node:crypto";
import type { Scenario } from "../system";
import type { LayoutWorld } from "./world";

async function forEach(services: readonly string[], play: (service: string) => Promise<void>): Promise<void> {
  await Promise.all(services.map(play));
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

export const scenarios: readonly Scenario<LayoutWorld>[] = [
  {
    name: "an event starts its task, and function and task write their logs",
    // s3 for the launch record, sqs for the buffer.
    needs: ["ecs", "iam", "logs", "ecr", "secretsmanager", "ssm", "s3", "sqs"],
    play: (world) =>
      forEach(world.services, async (service) => {
        const event = await world.start(service);
        const task = await world.doneTask(service, event);
        const output = await world.aws.outputOf(task);
        check(
          output.some((line) => line.includes(event)),
          `the task of ${service} has no log`,
        );
        const log = await world.aws.functionLog();
        check(
          log.some((line) => line.includes(event)),
          "the function has no log",
        );
      }),
  },
  {
    name: "a long event reaches its task through the bucket",
    needs: ["s3"],
    play: (world) =>
      forEach(world.services, async (service) => {
        const event = await world.start(service, { blob: "x".repeat(20_000) });
        await world.doneTask(service, event);
      }),
  },
  {
    name: "an event of 300 KB reaches its task through the buffer, and through the function itself",
    needs: ["s3", "sqs", "lambda"],
    async play(world) {
      const text = "x".repeat(300_000);
      await world.doneTask("report", await world.start("report", { text }));
      // Not from EventBridge, so it is not buffered.
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
    name: "an event that cannot be launched is in the DLQ with the reason",
    needs: ["sqs"],
    async play(world) {
      const event = await world.start("nobody");
      // The buffer also moves messages to the DLQ, later and without a reason.
      const message = await world.until("its DLQ message", () => world.dlqMessage(event));
      check(message.includes("known services"), `the DLQ message has no reason: ${message}`);
    },
  },
  {
    name: "an event that fails at every attempt is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const broken = { service: "ecs", action: "RunTask", fault: "error", code: "ServerException" } as const;
      await world.withFaults([{ ...broken, status: 500 }], async () => {
        const event = await world.start("report");
        await world.until("its DLQ message", () => world.dlqMessage(event));
      });
    },
  },
  {
    name: "a stop event that names an unknown service is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const event = await world.stop(["nobody"]);
      await world.until("its DLQ message", () => world.dlqMessage(event));
    },
  },
  {
    name: "a task is a target while it runs only",
    needs: ["ecs", "elasticloadbalancing", "logs"],
    async play(world) {
      const written = await world.listenToRegistrar();
      await forEach(world.serving, async (service) => {
        const event = await world.start(service);
        const task = await world.startedTask(event);
        await world.until("the target", async () => (await world.isTarget(task)) || undefined);
        check((await written()).length > 0, "the registrar has no log");
        await world.doneTask(service, event);
        await world.until("the end of the target", async () => !(await world.isTarget(task)) || undefined);
      });
    },
  },
  {
    name: "a stop event drains a task and stops it without an error",
    needs: ["ecs", "elasticloadbalancing", "sqs"],
    async play(world) {
      // A sweep would stop the tasks if the reminders failed.
      const swept = {
        service: "events",
        action: "Deliver",
        detailType: "Scheduled Event",
        fault: "lose",
      } as const;
      const written = await world.listenToRegistrar();
      await world.withFaults([swept], () =>
        forEach(world.serving, async (service) => {
          const event = await world.start(service);
          const task = await world.startedTask(event);
          await world.until("the target", async () => (await world.isTarget(task)) || undefined);
          await world.stop([service]);
          await world.stoppedTask(event);
        }),
      );
      const error = (await written()).find((line) => line.includes('"ERROR"'));
      check(error === undefined, `the registrar logged an error: ${error}`);
    },
  },
  {
    name: "a task that failed to start is launched again with its event",
    needs: ["ecs", "s3"],
    async play(world) {
      const reason = "Timeout waiting for network interface provisioning to complete.";
      const failing = { service: "ecs", action: "RunTask", fault: "failsToStart", reason, times: 1 } as const;
      await world.withFaults([failing], async () => {
        const event = await world.start("report", { blob: "x".repeat(20_000) });
        await world.until("the task that ran", async () => {
          const tasks = await world.tasksOf(event);
          return tasks.find(({ containers }) => containers?.[0]?.exitCode === 0);
        });
      });
    },
  },
  {
    name: "the end of a task is handled, though the function crashed before it recorded the launch",
    needs: ["ecs"],
    async play(world) {
      const crash = { service: "ecs", action: "RunTask", fault: "crash", when: "after" } as const;
      await world.withFaults([crash], async () => {
        await world.handledEnd(await world.endedTask(await world.start("report")));
      });
    },
  },
  {
    name: "a schedule invokes the function",
    needs: ["lambda"],
    play: (world) =>
      forEach(world.schedules, async (schedule) => {
        const invocations = async () =>
          (await world.aws.functionLog()).filter((line) => line.includes(schedule)).length;
        const before = await invocations();
        await world.until(
          `the invocation by ${schedule}`,
          async () => (await invocations()) > before || undefined,
        );
      }),
  },
  {
    name: "an invocation that a schedule cannot deliver is in the DLQ",
    needs: ["sqs"],
    async play(world) {
      const refused = {
        service: "lambda",
        action: "Invoke",
        fault: "error",
        code: "AccessDeniedException",
      } as const;
      await world.withFaults([refused], () =>
        forEach(world.schedules, async (schedule) => {
          await world.until("its DLQ message", () => world.dlqMessage(schedule));
        }),
      );
    },
  },
];
