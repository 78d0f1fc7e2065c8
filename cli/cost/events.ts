import type { PlannedResource } from "./plan";
import type { Prices } from "./prices";

/** What the plan does not say about an event. */
export type Usage = {
  /** Seconds that a task runs. */
  taskSeconds: number;
  /** Size of the image in MB, pulled for each task. */
  imageMb: number;
};

export type EventCosts = {
  /** Family of the task definition. */
  family: string;
  /** USD for 1,000 events that each run one task. */
  cost: number;
  items: readonly { item: string; cost: number }[];
};

const thousand = 1_000;
const million = 1_000_000;
const secondsPerHour = 3_600;
/** AWS bills a task for a minute at least (price page of Fargate). */
const minTaskSeconds = 60;
/** Storage of a task that costs nothing (price page of Fargate). */
const freeStorageGb = 20;

/** Invocations of each function for an event: for the start of its task, and for the end. */
const invocations = 2;
/** A launch calls S3 twice and ECS once. */
const invocationSeconds = 0.3;
/** The launch record is written at the launch and at the end. */
const objectsWritten = 2;
const objectsRead = 2;
/** A message of a buffer or of a registrar is sent, received and deleted. */
const messagesPerEvent = 3;
const logKb = 20;

const numberOf = (value: unknown): number => Number(value ?? Number.NaN);

type Values = PlannedResource["values"];

function taskCost(values: Values, { taskSeconds }: Usage, prices: Prices): number {
  const hours = Math.max(taskSeconds, minTaskSeconds) / secondsPerHour;
  const platform = (values.runtime_platform as { cpu_architecture?: string }[] | undefined)?.[0];
  const isArm = platform?.cpu_architecture === "ARM64";
  const storage = (values.ephemeral_storage as { size_in_gib?: number }[] | undefined)?.[0]?.size_in_gib ?? 0;
  return (
    hours *
    ((numberOf(values.cpu) / 1024) * (isArm ? prices.fargateArmVcpuHour : prices.fargateVcpuHour) +
      (numberOf(values.memory) / 1024) * (isArm ? prices.fargateArmGbHour : prices.fargateGbHour) +
      Math.max(0, storage - freeStorageGb) * prices.fargateStorageGbHour)
  );
}

/** Layers of an image in Amazon ECR come from S3, to which the network has a gateway endpoint that costs nothing. */
const isInEcr = ({ container_definitions: definitions }: Values): boolean =>
  typeof definitions === "string" && /"image":"[^"]*\.dkr[.-]ecr\./.test(definitions);

function functionCost({ memory_size: memory, architectures }: Values, prices: Prices): number {
  const isArm = (architectures as string[] | undefined)?.[0] === "arm64";
  const gbSeconds = (numberOf(memory ?? 128) / 1024) * invocationSeconds;
  return (
    invocations *
    (prices.lambdaMillionRequests / million +
      gbSeconds * (isArm ? prices.lambdaArmGbSecond : prices.lambdaGbSecond))
  );
}

const isForFargate = ({ requires_compatibilities: compatibilities }: Values): boolean =>
  !Array.isArray(compatibilities) || compatibilities.includes("FARGATE");

/**
 * Costs of 1,000 events for each task definition with a size of its own.
 * Tasks on container instances have no cost of their own and are left out.
 */
export function eventCosts(
  resources: readonly PlannedResource[],
  usage: Usage,
  prices: Prices,
): EventCosts[] {
  const ofType = (type: string) =>
    resources.filter((resource) => resource.type === type).map(({ values }) => values);
  const functions = ofType("aws_lambda_function");
  const hasNatGateway = ofType("aws_nat_gateway").length > 0;

  return ofType("aws_ecs_task_definition")
    .filter((values) => isForFargate(values) && numberOf(values.cpu) > 0 && numberOf(values.memory) > 0)
    .map((values) => {
      const items = [
        { item: "Fargate", cost: taskCost(values, usage, prices) },
        ...(hasNatGateway && !isInEcr(values)
          ? [{ item: "image through the NAT gateway", cost: (usage.imageMb / 1000) * prices.natGatewayGb }]
          : []),
        { item: "EventBridge", cost: prices.eventBridgeMillion / million },
        {
          item: "Lambda",
          cost: functions.reduce((sum, values) => sum + functionCost(values, prices), 0),
        },
        {
          item: "S3 and SQS requests",
          cost:
            (objectsWritten * prices.s3ThousandWrites + objectsRead * prices.s3ThousandReads) / thousand +
            (messagesPerEvent * prices.sqsMillion) / million,
        },
        { item: "logs", cost: (logKb / million) * prices.logGb },
      ].map(({ item, cost }) => ({ item, cost: cost * thousand }));
      return {
        family: String(values.family),
        cost: items.reduce((sum, { cost }) => sum + cost, 0),
        items,
      };
    });
}

/** What {@link eventCosts} assumes, in words. */
export const assumptionsOf = ({ taskSeconds, imageMb }: Usage): string[] => [
  `A task runs for ${taskSeconds} s (--task-seconds) on demand, not on Spot; AWS bills ${minTaskSeconds} s at least.`,
  `Each task pulls ${imageMb} MB (--image-mb) through the NAT gateway, if there is one, unless its image is in Amazon ECR.`,
  `An event is one of your own (EventBridge delivers those of AWS services for free), invokes each function of the plan ${invocations} times for ${invocationSeconds} s, and logs ${logKb} KB in all.`,
  "Without: data transfer of the job, requests to the load balancer, stored logs, images and files, EBS volumes, free tiers, taxes.",
];
