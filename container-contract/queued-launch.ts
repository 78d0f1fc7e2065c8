import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty("expected a value"));

/** How a worker reports the end of a launch that it took from a queue: an event like that of ECS for the end of a task. */
export const queuedLaunchEnded = {
  source: "event-driven-ecs.worker",
  detailType: "Queued Launch Ended",
} as const;

/** Message of the line with which a run begins in the log of its worker. */
export const queuedRunBegins = "run begins";

/**
 * A launch that waits in a queue for a worker, in place of a task of its own. Written by the function run-policy, read by
 * the job run-queued-policies.
 */
export const queuedLaunch = v.object({
  /** What the report of the end repeats. */
  launch: v.object({
    /** Identifies the launch where a task of its own has its ARN. */
    taskArn: text,
    clusterArn: text,
    taskDefinitionArn: text,
    group: text,
    startedBy: text,
    /** ISO 8601, UTC. */
    createdAt: text,
  }),
  /** Name of the container in the report. */
  container: text,
  /** URL of the queue that gets the report of the end. */
  reportQueueUrl: text,
  /** Bucket in which workers claim launches. */
  claimBucket: text,
  /** What a launch adds to the environment of a task's main container. */
  environment: v.record(v.string(), v.string()),
});
export type QueuedLaunch = v.InferOutput<typeof queuedLaunch>;
