import type { TaskStateChange } from "../local/ecs";

/** An ECS Task State Change event as EventBridge delivers it, with its time in whole seconds. */
export const stateChange = ({ detail, ...change }: TaskStateChange) => ({
  version: "0",
  id: `${String(detail.taskArn).slice(-32)}-${detail.version}`,
  "detail-type": change.detailType,
  source: change.source,
  account: "123456789012",
  time: `${String(detail.updatedAt).slice(0, 19)}Z`,
  region: "eu-west-1",
  resources: change.resources,
  detail,
});
