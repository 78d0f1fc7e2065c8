import { DeregisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { TaskStateChange } from "../../../local/ecs";
import type { Task } from "../../../local/ecs/task";
import { QueuePoller } from "../../../local/lambda/queue-poller";
import {
  beforeEachCall,
  type Clients,
  createWorld,
  drainSeconds,
  functionArn,
  port,
  stateChange,
  stopEvent,
  sweep,
  targetOf,
  type World,
} from "../../handlers/register-targets/world";
import { type DeliveryDelays, type History, type Step, services } from "./history";
import { createLambda, type Environment } from "./lambda";

const second = 1000;
const hour = 3600 * second;

// The statuses that the registrar's rule matches.
const matchedStatuses = ["RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"];

/** Slow enough for calls to fall into every state, and all of them over within the second. */
const taskTimings = {
  provisioning: 100,
  pending: 100,
  activating: 100,
  deactivating: 200,
  deprovisioning: 300,
};

/** A stop event. */
type StopRequest = { services: readonly string[]; time: number };

export type Verdict = {
  /** An event was lost, so a sweep was needed. */
  swept: boolean;
  /** What is wrong at the end. */
  violations: string[];
  /** Delivered stop events, duplicates included. */
  stops: number;
  /** Sent reminders. */
  reminders: number;
};

/** @param tamper has to be applied to the clients of a function, that their calls take the time that the history says */
export type StartRegistrar = (world: World, tamper: (clients: Clients) => void) => Environment;

export const startReal: StartRegistrar = (world, tamper) => {
  const { handler, crashed } = world.startFunction(tamper);
  return { handler: (event) => handler(event, world.invocation()), crashed };
};

/** An account in which histories are played one after the other. Each begins with an empty account. */
export const createStage = async (startRegistrar: StartRegistrar = startReal) => {
  let onTaskEvent: (event: TaskStateChange) => void = () => {};
  const world = await createWorld(
    { auth: {}, pdf: {} },
    { taskTimings, onTaskEvent: (event) => onTaskEvent(event) },
  );
  const { clock, messages } = world;
  // As deployed: longer than the function's time and the window together.
  messages.setAttributes({ VisibilityTimeout: "120" });
  let reminders = 0;
  const send = messages.send.bind(messages);
  messages.send = (message) => {
    if (message.body.includes('"recheck"')) reminders += 1;
    return send(message);
  };
  let pause: () => Promise<void> | undefined = () => undefined;
  const lambda = createLambda(clock, () =>
    startRegistrar(world, (clients) => beforeEachCall(clients, () => pause())),
  );

  const now = () => clock.now().getTime();
  const serviceOf = ({ launch }: Task) => String(launch.input.group).replace(/^route[-:]/, "");
  const isUp = ({ lastStatus, desiredStatus }: Task) =>
    lastStatus === "RUNNING" && desiredStatus === "RUNNING";
  const isSettled = (task: Task) => isUp(task) || task.lastStatus === "STOPPED";

  const violations = async (asked: StopRequest[]): Promise<string[]> => {
    const found: string[] = [];
    for (const service of services) {
      const wanted = world.tasks().filter((task) => serviceOf(task) === service && isUp(task));
      const should = wanted
        .map((task) => targetOf(task))
        .sort()
        .join();
      const is = (await world.targets(service)).sort().join();
      if (should !== is)
        found.push(`${service}: should hold ${should || "nothing"}, holds ${is || "nothing"}`);
    }
    for (const task of world.tasks()) {
      const { arn, desiredStatus, stopCode, stoppedReason, tags } = task;
      const createdAt = task.times.createdAt!.getTime();
      const stops = asked.filter((each) => each.services.includes(serviceOf(task)));
      if (desiredStatus === "RUNNING") {
        if (tags.some(({ key }) => key === "event-driven-ecs:stopping"))
          found.push(`${arn} is marked and runs`);
        if (stops.some(({ time }) => createdAt < time)) found.push(`${arn} was to be stopped and runs`);
      } else if (stopCode === "UserInitiated" && !stops.some(({ time }) => createdAt < time + second)) {
        found.push(`${arn} was stopped though nobody asked: ${stoppedReason}`);
      }
    }
    return found;
  };

  /** Hands the messages of the queue to the function, as its event source mapping is deployed. */
  const startPoller = () =>
    new QueuePoller(
      {
        clock,
        queue: () => messages,
        invoke: async (_functionArn, event) => {
          try {
            const answer = await lambda.invoke(JSON.parse(event));
            return { payload: JSON.stringify(answer ?? null), failed: false, logTail: "" };
          } catch {
            return { payload: "{}", failed: true, logTail: "" };
          }
        },
        authorize: async () => {},
        log: () => {},
      },
      {
        queueArn: messages.arn,
        functionArn,
        batchSize: 100,
        windowSeconds: 1,
        maximumConcurrency: 2,
        reportsBatchItemFailures: true,
      },
    );
  const isQueueEmpty = () => Object.values(messages.counts()).every((count) => count === 0);

  const play = async ({ steps, deliveryDelays, faults, pauses }: History): Promise<Verdict> => {
    reminders = 0;
    const poller = startPoller();
    const asked: StopRequest[] = [];
    const exhausted: ReturnType<typeof stopEvent>[] = [];
    let lost = false;
    let eventIndex = 0;
    let performed = 0;
    let stops = 0;
    let pending = 0;
    const work = (doing: () => Promise<unknown>) => {
      pending += 1;
      void doing().finally(() => {
        pending -= 1;
      });
    };
    const deliver = (event: unknown, fate: DeliveryDelays, onExhausted: () => void) => {
      for (const delay of fate) {
        work(async () => {
          await clock.sleep(delay);
          if (!(await lambda.deliver(event))) onExhausted();
        });
      }
    };
    const nextDeliveryDelays = () => deliveryDelays[eventIndex++ % deliveryDelays.length]!;

    const perform = (step: Step) => {
      performed += 1;
      if (step.kind === "start") {
        return work(async () => {
          const task = await world.launch(step.service);
          // ECS refuses this group of former releases now; a task that they launched has it to its end.
          if (step.legacy) task.launch.input.group = `route:${step.service}`;
        });
      }
      if (step.kind === "end") {
        const up = world.tasks().filter(isUp);
        return up[step.task % up.length]?.stop("EssentialContainerExited", "It ended");
      }
      const time = Math.floor(now() / second) * second;
      asked.push({ services: step.services ?? services, time });
      const event = stopEvent(step.services, {
        id: `stop-${asked.length}`,
        time: new Date(time).toISOString(),
      });
      const fate = nextDeliveryDelays();
      // A stop event is never lost, because a sweep cannot know of it.
      const copies = fate.length > 0 ? fate : [0];
      stops += copies.length;
      deliver(event, copies, () => exhausted.push(event));
    };

    const rest = async () => {
      for (let waits = 0; waits < 1000; waits += 1) {
        await clock.advance(20 * second);
        const isDone = performed === steps.length && pending === 0;
        if (isDone && isQueueEmpty() && world.tasks().every(isSettled)) return;
      }
      throw new Error("The account does not come to rest.");
    };

    onTaskEvent = (change) => {
      if (!matchedStatuses.includes(String(change.detail.lastStatus))) return;
      const fate = nextDeliveryDelays();
      lost ||= fate.length === 0;
      for (const delay of fate) {
        work(async () => {
          await clock.sleep(delay);
          messages.send({ body: JSON.stringify(stateChange(change)) });
        });
      }
    };
    let calls = 0;
    pause = () => {
      const ms = pauses[calls++ % pauses.length]!;
      return ms > 0 ? clock.sleep(ms) : undefined;
    };
    world.faults.set(faults);
    for (const step of steps) clock.setTimer(step.at, () => perform(step));
    await rest();

    world.faults.set([]);
    if (exhausted.length > 0) {
      for (const event of exhausted.splice(0)) deliver(event, [0], () => exhausted.push(event));
      await rest();
    }
    if (lost) {
      // What the first one finds marked, the second one finds drained.
      for (const wait of [0, (drainSeconds + 1) * second]) {
        await clock.advance(wait);
        await world.finish(lambda.invoke(sweep));
        await rest();
      }
    }
    const found = await violations(asked);
    poller.stop();
    await clear();
    return { swept: lost, violations: found, stops, reminders };
  };

  /** Leaves an account that the next history finds as this one found it, hours later and at a whole second. */
  const clear = async () => {
    onTaskEvent = () => {};
    for (const service of services) {
      const up = world.tasks().filter((task) => serviceOf(task) === service && isUp(task));
      if (up.length === 0) continue;
      const Targets = up.map(({ launch }) => ({ Id: launch.network?.privateIp, Port: port }));
      const TargetGroupArn = world.routes[service]!.targetGroup;
      await world.elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }));
    }
    for (const task of world.tasks()) task.stop("UserInitiated");
    await clock.advance(2 * hour - (now() % second));
    world.taskEvents.length = 0;
    world.lines.length = 0;
  };

  return { play };
};
