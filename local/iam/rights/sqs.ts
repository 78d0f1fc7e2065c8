import type { Call } from "../../routing";
import type { Right } from "../authorization";
import { arn, input } from "./call";
import { keyRights } from "./kms";
import type { Lookups } from "./rights-of";

interface Input {
  QueueUrl?: string;
  QueueName?: string;
  QueueOwnerAWSAccountId?: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export async function sqsRights(call: Call, lookups: Lookups): Promise<Right[] | undefined> {
  const { QueueUrl, QueueName, QueueOwnerAWSAccountId = call.account } = input<Input>(call);
  // A batch needs the right for one message.
  const action = `sqs:${call.action.replace(/Batch$/, "")}`;
  if (QueueUrl) {
    const [account = "", name = ""] = QueueUrl.replace(/\/$/, "").split("/").slice(-2);
    const resource = arn({ ...call, account }, "sqs", name);
    const key = lookups.queueKey(resource);
    return [{ action, resource }, ...(await keyRights(lookups.upstream, call, action, key))];
  }
  return QueueName
    ? [{ action, resource: arn({ ...call, account: QueueOwnerAWSAccountId }, "sqs", QueueName) }]
    : undefined;
}
