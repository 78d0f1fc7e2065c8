import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn, input } from "./call";
import { keyPermissions } from "./kms";
import type { Lookups } from "./permission-resolver";

interface Input {
  QueueUrl?: string;
  QueueName?: string;
  QueueOwnerAWSAccountId?: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export async function sqsPermissions(call: Call, lookups: Lookups): Promise<Permission[] | undefined> {
  const { QueueUrl, QueueName, QueueOwnerAWSAccountId = call.account } = input<Input>(call);
  // A batch requires the permission of the action on one message.
  const action = `sqs:${call.action.replace(/Batch$/, "")}`;
  if (QueueUrl) {
    const [account = "", name = ""] = QueueUrl.replace(/\/$/, "").split("/").slice(-2);
    const resource = arn({ ...call, account }, "sqs", name);
    const key = lookups.queueKey(resource);
    return [{ action, resource }, ...(await keyPermissions(lookups.upstream, call, action, key))];
  }
  return QueueName
    ? [{ action, resource: arn({ ...call, account: QueueOwnerAWSAccountId }, "sqs", QueueName) }]
    : undefined;
}
