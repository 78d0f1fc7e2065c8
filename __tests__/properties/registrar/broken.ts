import type { Task } from "@aws-sdk/client-ecs";
import { type StartRegistrar, startReal } from "./stage";

type Answer = { tasks?: Task[] };

/** A registrar that gets changed responses of DescribeTasks. */
const seeing =
  (change: (answer: Answer) => Answer): StartRegistrar =>
  (world, tamper) =>
    startReal(world, (clients) => {
      tamper(clients);
      clients.ecs.middlewareStack.add((next, { commandName }) => async (args) => {
        const answer = await next(args);
        if (commandName !== "DescribeTasksCommand") return answer;
        return { ...answer, output: change(answer.output as Answer) as never };
      });
    });

/** Treats every task as holding its address until ECS has forgotten it. */
export const ignoringAddressReuse = seeing(({ tasks = [], ...answer }) => ({
  ...answer,
  tasks: tasks.map((task) => ({
    ...task,
    lastStatus:
      task.lastStatus === "DEPROVISIONING" || task.lastStatus === "STOPPED" ? "STOPPING" : task.lastStatus,
  })),
}));

/** Gets the first response again at the second check. */
export const withoutSecondLook: StartRegistrar = (world, tamper) => {
  const seen = new Map<string, { task: Task; at: number }>();
  const now = () => world.clock.now().getTime();
  return seeing(({ tasks = [], ...answer }) => ({
    ...answer,
    tasks: tasks.map((task) => {
      const before = seen.get(task.taskArn!);
      if (before && now() - before.at < 8_000) return before.task;
      seen.set(task.taskArn!, { task, at: now() });
      return task;
    }),
  }))(world, tamper);
};

/** Does not tag tasks as stopping. */
export const withoutMarks: StartRegistrar = (world, tamper) =>
  startReal(world, (clients) => {
    tamper(clients);
    clients.ecs.middlewareStack.add(
      (next, { commandName }) =>
        (args) =>
          commandName === "TagResourceCommand"
            ? Promise.resolve({ output: { $metadata: {} } as never, response: {} })
            : next(args),
      { step: "initialize" },
    );
  });

/** Renews every reminder as long as any task of the service drains. */
export const withGeneralReminders: StartRegistrar = (world, tamper) => {
  const { handler, crashed } = startReal(world, tamper);
  return {
    crashed,
    handler: async (event) => {
      const answer = await handler(event);
      const { Records = [] } = event as { Records?: { body: string }[] };
      for (const { body } of Records) {
        const { recheck } = JSON.parse(body) as { recheck?: string };
        const tasks = world
          .tasks()
          .filter(({ desiredStatus, tags }) => desiredStatus === "RUNNING" && tags.length > 0)
          .map(({ arn }) => arn);
        if (recheck === undefined || tasks.length === 0) continue;
        world.messages.send({ body: JSON.stringify({ recheck, tasks, hop: 1 }), delaySeconds: 35 });
      }
      return answer;
    },
  };
};

/** Treats a redelivered message as new. */
export const ignoringRedelivery: StartRegistrar = (world, tamper) => {
  const { handler, crashed } = startReal(world, tamper);
  return {
    crashed,
    handler: (event) => {
      const { Records = [] } = event as { Records?: { attributes: Record<string, string> }[] };
      for (const { attributes } of Records) attributes.ApproximateReceiveCount = "1";
      return handler(event);
    },
  };
};
