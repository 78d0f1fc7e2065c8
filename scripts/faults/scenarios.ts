import type { Fault } from "../../local/faults";

/** One thing that goes wrong while an engine is to be started. */
export type Scenario = {
  name: string;
  /** What happens to calls, from the first delivery to the last. */
  faults: Fault[];
  event: unknown;
  /** How often EventBridge hands the event over. */
  deliveries?: number;
  /** Tasks start slowly. */
  slow?: boolean;
};

const start = {
  version: "0",
  id: "6f1c7ec4-0001",
  "detail-type": "Start ECS Task",
  source: "custom.app",
  time: new Date().toISOString(),
  detail: { service: "auth" },
};

export const scenarios: readonly Scenario[] = [
  { name: "the same event twice", faults: [], event: start, deliveries: 2 },
  {
    name: "`DescribeTasks` does not know the task yet, once",
    faults: [{ service: "ecs", action: "DescribeTasks", fault: "missing", times: 1 }],
    event: start,
  },
  {
    name: "`RegisterTargets`: no such target group",
    faults: [
      {
        service: "elasticloadbalancing",
        action: "RegisterTargets",
        fault: "error",
        code: "TargetGroupNotFound",
        message: "One or more target groups not found",
      },
    ],
    event: start,
  },
  {
    name: "`RunTask` answers with `failures[]`: no capacity",
    faults: [
      {
        service: "ecs",
        action: "RunTask",
        fault: "failures",
        reason: "Capacity is unavailable at this time.",
      },
    ],
    event: start,
  },
  {
    name: "`RunTask` is throttled for good",
    faults: [{ service: "ecs", action: "RunTask", fault: "throttle" }],
    event: start,
  },
  { name: "the task stays `PENDING` beyond the wait limit", faults: [], event: start, slow: true },
  { name: "a malformed event", faults: [], event: { ...start, detail: { engine: "auth" } } },
];
