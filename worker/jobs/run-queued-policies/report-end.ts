import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type QueuedLaunch, queuedLaunchEnded } from "../../../container-contract/queued-launch";

/** How a run has ended: its exit code, or why it has none. */
export type RunEnd = { exitCode: number } | { interrupted: string };

/** Reports the end of a run to the function, which counts it and decides whether it is retried. */
export const reportEnd = async (
  sqs: SQSClient,
  { launch, container, reportQueueUrl }: QueuedLaunch,
  end: RunEnd,
): Promise<void> => {
  const detail = {
    ...launch,
    lastStatus: "STOPPED",
    startedAt: launch.createdAt,
    ...("exitCode" in end
      ? { stopCode: "EssentialContainerExited", containers: [{ name: container, exitCode: end.exitCode }] }
      : { stopCode: "WorkerStopped", stoppedReason: end.interrupted }),
  };
  const { source, detailType } = queuedLaunchEnded;
  const event = { id: `${launch.startedBy}/ended`, source, "detail-type": detailType, detail };
  await sqs.send(new SendMessageCommand({ QueueUrl: reportQueueUrl, MessageBody: JSON.stringify(event) }));
};
