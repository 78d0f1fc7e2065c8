import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTaskDefinitionCommand, type ECSClient } from "@aws-sdk/client-ecs";
import { parseFamily } from "../handlers/shared/names";

/** Where a log is. */
export type LogPlace = { logGroupName: string; logStreamName: string };

/** Where a container of a task writes its log. */
export type ContainerLog = LogPlace & { container: string };

/**
 * Finds the logs of a task by its task definition.
 * @throws Error when the task definition is gone, or none of its containers logs to CloudWatch Logs
 */
export async function findTaskLogs(
  ecs: ECSClient,
  { task, taskDefinitionArn }: { task: string; taskDefinitionArn: string },
): Promise<ContainerLog[]> {
  const definition = taskDefinitionArn.slice(taskDefinitionArn.lastIndexOf("/") + 1);
  const { taskDefinition } = await ecs
    .send(new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }))
    .catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== "ClientException") throw error;
      throw new Error(
        `The task definition ${definition} of the run ${task} was deleted, so where it logged is unknown; look in the log groups of ${parseFamily(definition)}.`,
      );
    });
  const containers = taskDefinition?.containerDefinitions ?? [];
  const logs = containers.flatMap(
    ({ name = "", logConfiguration: { logDriver, options = {} } = {} as never }) => {
      const logGroupName = options["awslogs-group"];
      const prefix = options["awslogs-stream-prefix"];
      return logDriver === "awslogs" && logGroupName && prefix
        ? [{ container: name, logGroupName, logStreamName: `${prefix}/${name}/${task}` }]
        : [];
    },
  );
  if (logs.length > 0) return logs;
  const drivers = [
    ...new Set(containers.map(({ logConfiguration }) => logConfiguration?.logDriver ?? "none")),
  ];
  throw new Error(
    `The task definition ${definition} of the run ${task} does not log to CloudWatch Logs; its log driver is ${drivers.join(", ")}.`,
  );
}

export type TaskLogLine = { time: number; message: string };

/**
 * Reads a log from its beginning on, or from `startTime` on, in ms since 1970.
 * @returns a function that reads what is new; undefined while the container has written nothing
 */
export function createLogReader(
  logs: CloudWatchLogsClient,
  { logGroupName, logStreamName }: LogPlace,
  startTime?: number,
): () => Promise<TaskLogLine[] | undefined> {
  let nextToken: string | undefined;
  let exists = false;

  /** GetLogEvents has the same error for a group and for a stream that is not there. */
  const find = async (): Promise<boolean> => {
    try {
      const { logStreams = [] } = await logs.send(
        new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: logStreamName }),
      );
      return logStreams.some((stream) => stream.logStreamName === logStreamName);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
      throw new Error(`The log group ${logGroupName} is gone, and the log of the run with it.`);
    }
  };

  return async () => {
    exists ||= await find();
    if (!exists) return undefined;
    const lines: TaskLogLine[] = [];
    for (;;) {
      const { events = [], nextForwardToken } = await logs.send(
        new GetLogEventsCommand({ logGroupName, logStreamName, startTime, startFromHead: true, nextToken }),
      );
      lines.push(
        ...events.map(({ timestamp = 0, message = "" }) => ({ time: timestamp, message: message.trimEnd() })),
      );
      // The end is where the token stays the same.
      const isEnd = nextForwardToken === nextToken;
      nextToken = nextForwardToken;
      if (isEnd) return lines;
    }
  };
}

/** Between two looks at a log that is followed. */
export const pollMs = 2_000;

/** What to do about a run that is not found. */
export const listedRuns = "`runs` lists those of the last day, `runs --since 30d` those of a month";

export const formatLine = ({ time, message }: TaskLogLine, container?: string): string =>
  [new Date(time).toISOString(), ...(container === undefined ? [] : [container]), message].join(" ");
