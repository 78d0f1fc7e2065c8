import type { Construct } from "constructs";
import { expression } from "../core/expression";
import {
  check,
  checkAtPlan,
  checkInteger,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isToken,
} from "../core/validation";

/**
 * Range of the number of tasks, and what moves the number within it: exactly one of `queueDepth`, `targetTracking` and
 * `stepScaling`, because two would undo each other's changes. Without tasks there is no utilization, so only `queueDepth`
 * and a `customMetric` that something else than the tasks reports start a task when `min` is 0. A scale-in stops tasks that work, unless they protect themselves
 * ({@link EcsService.taskProtectionPolicyJson}).
 */
export interface Scaling {
  /** Least number of tasks, 0 to 5000. */
  readonly min: number;
  /** Greatest number of tasks, 1 to 5000. */
  readonly max: number;
  /**
   * The number follows the messages of a queue.
   * @default - none
   */
  readonly queueDepth?: QueueDepth;
  /**
   * Application Auto Scaling keeps the average utilization near a value.
   * @default - none
   */
  readonly targetTracking?: Utilization;
  /**
   * A task more when the average utilization of CPU or memory is above its value, one less when all are below.
   * @default - none
   */
  readonly stepScaling?: StepScaling;
  /**
   * Seconds after starting tasks in which fewer or as many are not started again, 0 or more.
   * @default 60
   */
  readonly scaleOutCooldownSeconds?: number;
  /**
   * Seconds after stopping tasks in which no more are stopped, 0 or more.
   * @default 300
   */
  readonly scaleInCooldownSeconds?: number;
}

/** Messages of an SQS queue, visible and in flight. */
export interface QueueDepth {
  /** Name of the queue, 1 to 80 characters. */
  readonly queueName: string;
  /**
   * A task runs for each of these messages, at least 1, and one from the first message on. With `max` above 20 the number
   * grows in 20 steps (Application Auto Scaling User Guide: quotas).
   */
  readonly messagesPerTask: number;
  /**
   * Minutes without a message, 1 to 1440, after which the number is `min`.
   * @default 5
   */
  readonly emptyMinutes?: number;
}

/** Average utilization of the tasks in percent of what they reserve, each more than 0 and at most 100. */
export interface Utilization {
  /**
   * CPU.
   * @default - CPU does not scale
   */
  readonly cpuPercent?: number;
  /**
   * Memory.
   * @default - memory does not scale
   */
  readonly memoryPercent?: number;
}

/** Utilization or a metric of your application by which a task is started or stopped: at least one. */
export interface StepScaling extends Utilization {
  /**
   * Minutes above the value after which a task is started, 1 to 1440.
   * @default 2
   */
  readonly outPeriods?: number;
  /**
   * Minutes below the values after which a task is stopped, 1 to 1440.
   * @default 5
   */
  readonly inPeriods?: number;
  /**
   * A metric of your application. It starts a task when it is above its value, and keeps the tasks while it is not below.
   * @default - none
   */
  readonly customMetric?: CustomMetric;
}

/** A metric of your application that starts and keeps tasks. */
export interface CustomMetric {
  /** Namespace, 1 to 255 characters (CloudWatch API reference: PutMetricData). */
  readonly namespace: string;
  /** Name, 1 to 255 characters. */
  readonly metricName: string;
  /**
   * Dimensions, at most 30.
   * @default - none
   */
  readonly dimensions?: Readonly<Record<string, string>>;
  /**
   * Statistic that CloudWatch takes of each minute.
   * @default "Average"
   */
  readonly statistic?: "Average" | "Maximum" | "Minimum" | "SampleCount" | "Sum";
  /** Value above which a task is started, more than 0. While it is not below, no task is stopped. */
  readonly value: number;
}

/** @throws ValidationError when Application Auto Scaling would refuse a value, or two values contradict each other. */
export function checkScaling(scope: Construct, scaling: Scaling): void {
  const { min, max, queueDepth, targetTracking, stepScaling } = scaling;
  checkRange(scope, "scaling.min", min, 0, 5000, "ECS");
  checkRange(scope, "scaling.max", max, 1, 5000, "ECS");
  checkOrder(scope, min, max);
  const given = Object.entries({ queueDepth, targetTracking, stepScaling })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  check(
    scope,
    given.length > 0,
    "scaling has none of queueDepth, targetTracking and stepScaling; give exactly one of them, or leave scaling out and give desiredCount.",
  );
  check(
    scope,
    given.length === 1,
    `scaling has ${given.join(" and ")}; give exactly one of queueDepth, targetTracking and stepScaling, because two would undo each other's changes.`,
  );
  if (queueDepth) checkQueueDepth(scope, queueDepth, max);
  if (targetTracking) checkUtilization(scope, "scaling.targetTracking", targetTracking);
  if (stepScaling) {
    checkPercents(scope, "scaling.stepScaling", stepScaling);
    check(
      scope,
      [stepScaling.cpuPercent, stepScaling.memoryPercent, stepScaling.customMetric].some(
        (given) => given !== undefined,
      ),
      "scaling.stepScaling has none of cpuPercent, memoryPercent and customMetric; give one or more.",
    );
    if (stepScaling.customMetric) checkCustomMetric(scope, stepScaling.customMetric);
    checkRange(scope, "scaling.stepScaling.outPeriods", stepScaling.outPeriods, 1, 1440, "an alarm");
    checkRange(scope, "scaling.stepScaling.inPeriods", stepScaling.inPeriods, 1, 1440, "an alarm");
  }
  for (const name of ["scaleOutCooldownSeconds", "scaleInCooldownSeconds"] as const)
    checkInteger(scope, `scaling.${name}`, scaling[name], [0, Infinity], "it takes whole numbers from 0.");
}

function checkOrder(scope: Construct, min: number, max: number): void {
  const message = `scaling.min is ${min} and scaling.max is ${max}; min is at most max.`;
  if ([min, max].some(isToken)) checkAtPlan(scope, [min, max], expression`${min} <= ${max}`, message);
  else check(scope, min <= max, message);
}

function checkQueueDepth(scope: Construct, queueDepth: QueueDepth, max: number): void {
  checkLiteral(scope, "scaling.max", max, "decides the steps of the policy");
  checkMatches(
    scope,
    "scaling.queueDepth.queueName",
    queueDepth.queueName,
    /^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$/,
    "the name of a queue has 1 to 80 letters, digits, hyphens and underscores, and may end with .fifo. Give the name, not the ARN or URL.",
  );
  checkInteger(
    scope,
    "scaling.queueDepth.messagesPerTask",
    queueDepth.messagesPerTask,
    [1, Infinity],
    "it takes whole numbers from 1.",
  );
  checkRange(scope, "scaling.queueDepth.emptyMinutes", queueDepth.emptyMinutes, 1, 1440, "an alarm");
}

function checkCustomMetric(scope: Construct, custom: CustomMetric): void {
  const prop = "scaling.stepScaling.customMetric";
  const { namespace, metricName, dimensions, statistic, value } = custom;
  checkMatches(
    scope,
    `${prop}.namespace`,
    namespace,
    /^[^:].{0,254}$/,
    "it has 1 to 255 characters and does not start with a colon.",
  );
  checkMatches(scope, `${prop}.metricName`, metricName, /^[\s\S]{1,255}$/, "it has 1 to 255 characters.");
  const count = dimensions && !isToken(dimensions) ? Object.keys(dimensions).length : 0;
  const most = "a metric has at most 30.";
  check(scope, count <= 30, `${prop}.dimensions has ${count} dimensions; ${most}`);
  if (isToken(dimensions))
    checkAtPlan(
      scope,
      [dimensions],
      expression`length(${dimensions}) <= 30`,
      `${prop}.dimensions has too many dimensions; ${most}`,
    );
  checkOneOf(scope, `${prop}.statistic`, statistic, ["Average", "Maximum", "Minimum", "SampleCount", "Sum"]);
  const message = `${prop}.value is ${value}; it takes more than 0. For a task from the first unit on, give 0.5.`;
  if (isToken(value)) checkAtPlan(scope, [value], expression`${value} > 0`, message);
  else check(scope, value > 0, message);
}

function checkUtilization(scope: Construct, prop: string, utilization: Utilization): void {
  const { cpuPercent, memoryPercent } = utilization;
  check(
    scope,
    cpuPercent !== undefined || memoryPercent !== undefined,
    `${prop} has neither cpuPercent nor memoryPercent; give one or both.`,
  );
  checkPercents(scope, prop, utilization);
}

function checkPercents(scope: Construct, prop: string, { cpuPercent, memoryPercent }: Utilization): void {
  for (const [name, percent] of Object.entries({ cpuPercent, memoryPercent })) {
    if (percent === undefined) continue;
    const message = `${prop}.${name} is ${percent}; a utilization is more than 0 and at most 100 percent.`;
    if (isToken(percent))
      checkAtPlan(scope, [percent], expression`${percent} > 0 && ${percent} <= 100`, message);
    else check(scope, percent > 0 && percent <= 100, message);
  }
}
