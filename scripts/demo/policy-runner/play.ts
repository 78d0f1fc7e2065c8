import { isDeepStrictEqual } from "node:util";
import type { Run } from "../../../cli/run-history";
import { formatRuns } from "../../../cli/runs";
import type { Event, LocalAws } from "../../../local";
import { reasonOf } from "../aws";
import type { Steps } from "../steps";
import { areStopped, until } from "../until";
import type { BucketState, PolicyRun, PolicyRunnerAws } from "./aws";
import {
  createBucketEvent,
  largeBucket,
  otherBucket,
  remediationEvent,
  reportedBucket,
  securityHubEvent,
} from "./events";
import type { Outputs } from "./settings";

const largeBytes = 300_000;
const updates = 10;

/** What happened, as AWS's own APIs tell it. */
export interface Happened {
  /** Buckets that the first run changed. */
  readonly changedAtFirst: readonly string[];
  /** Buckets that all runs changed. */
  readonly changed: readonly string[];
  readonly bucket: { readonly before: BucketState; readonly after: BucketState };
  readonly runs: readonly PolicyRun[];
  /** Repeated deliveries of one event that started no task. */
  readonly duplicates: number;
  /** Further events of the same resource within the cooldown of its mapping. */
  readonly inCooldown: number;
  /** The task in the function's answer to a test event. */
  readonly answeredTask: string | undefined;
  /** Events of a run's own calls. */
  readonly ownCalls: number;
  readonly largeFinding: { readonly bytes: number; readonly arrivedWhole: boolean };
  /** Findings that no mapping takes. */
  readonly unmatched: number;
  readonly tasksFailed: number;
  readonly deadLetters: readonly { readonly reason: string }[];
  /** What the command `runs` lists. */
  readonly history: readonly Run[];
}

/** Publishes findings and watches what comes of them. */
export async function play(
  aws: PolicyRunnerAws,
  localAws: Pick<LocalAws, "publish">,
  { task_role_arn: taskRoleArn }: Outputs,
  steps: Steps,
): Promise<Happened> {
  /** The run of the task that the next finding starts, as soon as it has ended. */
  const nextRun = async (tasksBefore: number) => {
    const tasks = await until(() => aws.tasks(), areStopped(tasksBefore + 1));
    const task = tasks.at(-1);
    if (!task || tasks.length !== tasksBefore + 1)
      throw new Error(`${tasksBefore + 1} tasks were expected; there are ${tasks.length}.`);
    return { task, run: await aws.runOf(task) };
  };
  const tellRun = ({ taskArn, policy, log, exitCode, metrics }: PolicyRun) => {
    steps.say(`  the task ${taskArn} ran ${policy}:`);
    // Without the stack traces.
    for (const line of log.filter((text) => !/^(\s|Traceback)/.test(text))) steps.say(`    ${line}`);
    steps.say(`  it exited with ${exitCode}; its metrics, in CloudCustodian/PolicyExecution:`);
    for (const [name, value] of Object.entries(metrics)) steps.say(`    ${name} ${value}`);
  };

  const before = await steps.run("buckets", "Buckets that violate the policy", async () => {
    for (const bucket of [reportedBucket, otherBucket, largeBucket]) await aws.createBucket(bucket);
    const buckets = await aws.buckets();
    for (const bucket of [reportedBucket, otherBucket])
      steps.say(`  ${bucket}: ${describe(buckets[bucket])}`);
    return buckets;
  });

  const first = await steps.run("run", `CloudTrail: CreateBucket of ${reportedBucket}`, async () => {
    steps.say("  EventBridge takes it from AWS services only, so local AWS publishes it as they do");
    const event = localAws.publish(createBucketEvent);
    const { run } = await nextRun(0);
    tellRun(run);
    const after = await aws.buckets();
    for (const bucket of [reportedBucket, otherBucket]) steps.say(`  ${bucket}: ${describe(after[bucket])}`);
    return { event, run, after };
  });

  const repeated = await steps.run("repeats", "The same again", async () => {
    steps.say("  the same event, with the same id: EventBridge and Lambda deliver at least once");
    await aws.deliver(first.event);
    steps.say(`  the same call ${updates} times more, as new events: they are in the mapping's cooldown`);
    for (let n = 0; n < updates; n++) localAws.publish(createBucketEvent);
    steps.say("  the same once more, as a test event in Lambda's console; the function answers:");
    const answer = await aws.invoke(createBucketEvent);
    steps.say(`  ${JSON.stringify(answer)}`);
    steps.say("  and the call that the run has made itself, which must not start the next run");
    localAws.publish(remediationEvent(reportedBucket, taskRoleArn, first.run.taskArn));
    const duplicates = await reaches(() => aws.sumOf("Duplicates"), 1);
    const inCooldown = await reaches(() => aws.sumOf("FindingsIgnored", "cooldown"), updates + 1);
    const ownCalls = await reaches(() => aws.sumOf("FindingsIgnored", "own_call"), 1);
    steps.say(`  tasks: ${(await aws.tasks()).length}`);
    return { duplicates, inCooldown, ownCalls, answeredTask: taskOf(answer) };
  });

  const large = await steps.run("large", "A large finding of Security Hub", async () => {
    const arn = `arn:aws:s3:::${largeBucket}`;
    const event = localAws.publish(securityHubEvent("S3.8", "AwsS3Bucket", arn, largeBytes));
    const { task, run } = await nextRun(1);
    const bytes = Buffer.byteLength(JSON.stringify(event));
    const arrivedWhole = isDeepStrictEqual(await aws.eventOf(task), plain(event));
    steps.say(
      `  ${bytes} bytes are too many for RunTask: the task got them by reference${arrivedWhole ? ", whole" : ""}`,
    );
    tellRun(run);
    return { run, bytes, arrivedWhole };
  });

  const unmatched = await steps.run("unmatched", "A finding that no mapping takes", async () => {
    const arn = `${arnPrefix("dynamodb")}:table/orders`;
    localAws.publish(securityHubEvent("DynamoDB.2", "AwsDynamoDbTable", arn));
    const count = await reaches(() => aws.sumOf("FindingsUnmatched"), 1);
    steps.say("  it is ignored, and counted in the metric FindingsUnmatched; no policy is a default");
    return count;
  });

  const failed = await steps.run("failure", "A run that fails", async () => {
    steps.say("  its policy is for functions, and the task role has permissions on S3 alone");
    const arn = `${arnPrefix("lambda")}:function:orders`;
    localAws.publish(securityHubEvent("Lambda.1", "AwsLambdaFunction", arn));
    const { run } = await nextRun(2);
    tellRun(run);
    const letters = await until(
      () => aws.deadLetters(),
      (found) => found.length > 0,
    );
    steps.say("  its finding is in the dead-letter queue, for this reason:");
    for (const letter of letters) steps.say(`    ${reasonOf(letter)}`);
    return { run, tasksFailed: await reaches(() => aws.sumOf("TasksFailed"), 1) };
  });

  return steps.run("outcome", "What has come of them", async () => {
    // Every event has its outcome, so no task can come up any more.
    const after = await aws.buckets();
    const letters = await aws.deadLetters();
    const tasks = await aws.tasks();
    const history = await until(
      () => aws.history(),
      (runs) =>
        runs.length === 3 && runs.every(({ policy, endedAt }) => policy !== undefined && endedAt !== null),
    );
    steps.say("  $ npx cdktf-event-driven-ecs runs");
    for (const line of formatRuns(history)) steps.say(`  ${line}`);
    return {
      history,
      changedAtFirst: changes(before, first.after),
      changed: changes(before, after),
      bucket: { before: before[reportedBucket]!, after: after[reportedBucket]! },
      runs: await Promise.all(tasks.map((each) => aws.runOf(each))),
      ...repeated,
      largeFinding: { bytes: large.bytes, arrivedWhole: large.arrivedWhole },
      unmatched,
      tasksFailed: failed.tasksFailed,
      deadLetters: letters.map((letter) => ({ reason: reasonOf(letter) })),
    };
  });
}

const taskOf = (answer: unknown): string | undefined =>
  (answer as { runs?: readonly { taskArn?: string }[] }).runs?.[0]?.taskArn;

/** The count when it is reached, or what it is when the time is up. */
const reaches = (count: () => Promise<number>, wanted: number): Promise<number> =>
  until(count, (found) => found >= wanted);

const plain = (event: Event): unknown => JSON.parse(JSON.stringify(event));

const arnPrefix = (service: string): string =>
  `arn:aws:${service}:${createBucketEvent.region}:${createBucketEvent.account}`;

const describe = (state: BucketState | undefined): string =>
  `public access ${state?.publicAccessBlocked ? "blocked" : "not blocked"}, encryption ${state?.encryption ?? "none"}`;

/** Names of the buckets whose state differs. */
const changes = (before: Record<string, BucketState>, after: Record<string, BucketState>): string[] =>
  Object.keys(after).filter((bucket) => !isDeepStrictEqual(before[bucket], after[bucket]));
