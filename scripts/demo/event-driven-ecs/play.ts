import type { Task } from "@aws-sdk/client-ecs";
import type { Run } from "../../../cli/run-history";
import { formatRuns } from "../../../cli/runs";
import { exitCodeOf, reasonOf } from "../aws";
import type { Steps } from "../steps";
import { areStopped, until } from "../until";
import type { DeliveredEvent, LayoutAws, Target } from "./aws";

/** What happened, as AWS's own APIs tell it. */
export interface Happened {
  /** Start events handed over, the repeated one included. */
  readonly events: number;
  readonly tasks: readonly {
    readonly service: string;
    readonly taskArn: string;
    readonly exitCode: number | null;
    readonly output: readonly string[];
  }[];
  /** While the tasks ran, each with what the load balancer answered at its service's path. */
  readonly targets: readonly (Target & { readonly answer: string })[];
  /** Targets left when all tasks were stopped. */
  readonly targetsAfterStop: number;
  readonly duplicates: number;
  /** The job that exits with 3: counted, in the dead-letter queue, and brought to success by the command `redrive`. */
  readonly failedJob: {
    /** Sum of the metric that the service's alarm watches. */
    readonly tasksFailed: number;
    readonly reason: string;
    /** What the command says of the letters with this reason. */
    readonly redriven: readonly { readonly outcome: string; readonly tasks?: readonly string[] }[];
    /** Of its tasks, in the order of their attempts. */
    readonly exitCodes: readonly (number | null)[];
  };
  readonly deadLetters: readonly { readonly reason: string }[];
  /** What the command `runs` lists, and what `logs` prints of the run that failed. */
  readonly history: { readonly runs: readonly Run[]; readonly log: readonly string[] };
}

/** Of what `redrive --json` prints. */
interface Redriven {
  readonly letters: readonly {
    readonly reason: string;
    readonly result: Happened["failedJob"]["redriven"][number];
  }[];
}

const serviceOf = ({ group = "" }: Task): string => group.replace(/^route-/, "");

/** Puts events in and watches what comes of them. */
export async function play(aws: LayoutAws, steps: Steps): Promise<Happened> {
  let events = 0;
  const say = (text: string) => steps.say(`  ${++events}. ${text}`);

  const first = await steps.run("events", "Events, by EventBridge's PutEvents", async () => {
    say('"Start ECS Task" for the service auth');
    const put = await aws.put({ service: "auth", user: "ada" });
    say('"Start ECS Task" for the service pdf');
    await aws.put({ service: "pdf", pages: [1, 2, 3] });
    await until(
      () => aws.tasks(),
      (tasks) => tasks.length === 2,
    );
    say("the first event once more. EventBridge and Lambda deliver at least once, so a function must");
    steps.say(
      "     expect the same event, with the same id, again. PutEvents would give it a new id, so it is",
    );
    steps.say("     handed to the function by an asynchronous Invoke, which is how EventBridge does it");
    await aws.deliver(put);
    say('a malformed event: its detail says "servce", not "service"');
    await aws.put({ servce: "auth" });
    say("an event for the service billing, which does not exist");
    await aws.put({ service: "billing" });
    return put;
  });

  const targets = await steps.run("targets", "Reached through the load balancer", async () => {
    const healthy = await until(
      () => aws.targets(),
      (found) => found.length >= 2 && found.every(({ health }) => health === "healthy"),
    );
    return Promise.all(
      healthy.map(async (target) => {
        const path = `/api/${target.service}/hello`;
        const answer = await aws.fetch(path);
        steps.say(`  ${path} is answered by ${target.target}: ${answer}`);
        return { ...target, answer };
      }),
    );
  });

  const failedJob = await steps.run("failure", "A job that fails, and its redrive", async () => {
    say('"Start ECS Task" for the service report, whose job exits with 3 at its first attempt');
    await aws.put({ service: "report", succeedsAtAttempt: 2 });
    const reports = async () => (await aws.tasks()).filter((task) => serviceOf(task) === "report");
    const tasksFailed = await until(
      () => aws.sumOf("TasksFailed"),
      (count) => count >= 1,
    );
    steps.say(
      "  its end is counted in the metric TasksFailed, which its alarm watches; on_failure sends its",
    );
    steps.say("  event to the dead-letter queue, for this reason:");
    await until(
      () => aws.deadLetters(),
      (found) => found.some((letter) => letter.includes("TaskFailed")),
    );
    const { letters } = (await aws.commandLine("redrive", "--reason", "TaskFailed")) as Redriven;
    const reason = letters[0]?.reason ?? "";
    const redriven = letters.map(({ result }) => result);
    steps.say(`    ${reason}`);
    steps.say("  npx cdktf-event-driven-ecs redrive --reason TaskFailed");
    for (const { outcome, tasks = [] } of redriven) steps.say(`    ${[outcome, ...tasks].join(" ")}`);
    const tasks = await until(reports, areStopped(2));
    const ended = [...tasks].sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
    return { tasksFailed, reason, redriven, exitCodes: ended.map(exitCodeOf) };
  });

  const targetsAfterStop = await steps.run("stop", '"Stop ECS Tasks", for all services', async () => {
    await aws.put({}, { source: "custom.app", detailType: "Stop ECS Tasks" });
    steps.say("  the tasks leave their target groups, requests in flight end, then the tasks are stopped");
    await until(() => aws.tasks(), areStopped(2));
    const left = await until(
      () => aws.targets(),
      (found) => found.length === 0,
    );
    return left.length;
  });

  return steps.run("outcome", "What has come of them", async () => {
    const duplicates = await until(
      () => duplicatesOf(aws, first),
      (count) => count === 1,
    );
    const letters = await until(
      () => aws.deadLetters(),
      (found) => found.length === 2,
    );
    // Every event has its outcome, so no task can come up any more.
    const tasks = (await until(() => aws.tasks(), areStopped(1))).filter(
      (task) => serviceOf(task) !== "report",
    );
    return {
      events,
      history: await historyOf(aws, steps),
      tasks: await Promise.all(tasks.map((task) => described(task, aws))),
      targets,
      targetsAfterStop,
      duplicates,
      failedJob,
      deadLetters: letters.map((letter) => ({ reason: reasonOf(letter) })),
    };
  });
}

/**
 * How often the function saw that the event has its task already.
 * @throws Error if ECS nevertheless has a second task for it
 */
async function duplicatesOf(aws: LayoutAws, event: DeliveredEvent): Promise<number> {
  const tasks = (await aws.tasks()).filter(({ startedBy }) => startedBy?.startsWith(`${event.id}/`));
  if (tasks.length > 1) throw new Error(`The event ${event.id} has started ${tasks.length} tasks.`);
  return aws.sumOf("Duplicates");
}

/** What the command line tells of the runs, from the run history. */
async function historyOf(aws: LayoutAws, steps: Steps): Promise<Happened["history"]> {
  const runs = await until(
    () => aws.history(),
    (found) =>
      found.length === 4 && found.every(({ endedAt, exitCode }) => endedAt !== null && exitCode !== null),
  );
  steps.say("  $ npx cdktf-event-driven-ecs runs");
  for (const line of formatRuns(runs)) steps.say(`  ${line}`);
  const failed = runs.find(({ outcome }) => outcome === "failed");
  const log = failed ? await aws.runLog(failed.task) : [];
  steps.say(`  $ npx cdktf-event-driven-ecs logs ${failed?.task}`);
  for (const line of log) steps.say(`  ${line}`);
  return { runs, log };
}

async function described(task: Task, aws: LayoutAws): Promise<Happened["tasks"][number]> {
  return {
    service: serviceOf(task),
    taskArn: task.taskArn ?? "",
    exitCode: exitCodeOf(task),
    output: await aws.outputOf(task),
  };
}
