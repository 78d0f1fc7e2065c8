import * as v from "valibot";
import { launchVariables } from "../launch/environment";
import { type Route, routeFields } from "../launch/route";
import { requiredText } from "../shared/schema";

const flag = v.optional(
  v.pipe(
    v.picklist(["true", "false"]),
    v.transform((value) => value === "true"),
  ),
  "false",
);

const names = v.pipe(
  v.string(),
  v.transform((value) => (value === "" ? [] : value.split(",").map((name) => name.trim()))),
  v.array(requiredText),
);

/** The fields of a launch route that have no variable of their own. */
const launchSettings = v.strictObject({
  ...v.omit(routeFields, ["cluster", "family", "subnets", "securityGroups"]).entries,
  container: v.optional(requiredText, "custodian-worker"),
});

const parsedLaunchSettings = v.pipe(v.string(), v.parseJson(undefined, "expected JSON"), launchSettings);

/** Environment variables of the function `run-policy`, without those that Lambda sets. */
export const runPolicyEnvironment = v.object({
  /** S3 bucket of the policies and of the mapping file. */
  POLICY_BUCKET: requiredText,
  /** Key of the mapping file. */
  POLICY_MAPPING_KEY: requiredText,
  /** Key of a policy for findings that no mapping takes. It acts only with `USE_DEFAULT_POLICY`. */
  DEFAULT_POLICY_KEY: v.optional(requiredText),
  /** `true`: the default policy is run for findings that no mapping takes. Absent: never. */
  USE_DEFAULT_POLICY: flag,
  /** `true`: adds a link to the resource in the console to each finding. */
  ENABLE_ENRICHMENT: flag,
  /** Name or ARN. */
  ECS_CLUSTER: requiredText,
  /** Family of the task definition; its newest active revision is launched. */
  ECS_TASK_DEFINITION: requiredText,
  /** Comma-separated ids. Empty when tasks use the network of their container instance. */
  ECS_SUBNETS: names,
  /** Comma-separated ids. */
  ECS_SECURITY_GROUP: names,
  /** JSON with further fields of the launch route, such as `{"capacity":"FARGATE_SPOT"}`. */
  ECS_LAUNCH_SETTINGS: v.optional(parsedLaunchSettings, "{}"),
  /** Comma-separated ARNs of the roles of policy runs, whose API calls are ignored. */
  WORKER_ROLES: v.optional(names, ""),
  /** Comma-separated ids of the accounts whose findings are acted on, besides the function's own account and region. */
  MEMBER_ACCOUNTS: v.optional(names, ""),
  /** SQS queue of the workers that make the runs. Absent: each run has a task of its own. */
  RUN_QUEUE_URL: v.optional(requiredText),
  /** Name of the service in task groups and metrics. */
  SERVICE: v.optional(requiredText, "custodian-worker"),
  ...launchVariables,
});

/** The variables as they are deployed. */
export type RunPolicyEnvironment = v.InferInput<typeof runPolicyEnvironment>;

/** The variables as the function reads them. */
export type RunPolicySettings = v.InferOutput<typeof runPolicyEnvironment>;

/** @throws Error when tasks need a subnet and have none */
export const createRoute = (settings: RunPolicySettings): Route => {
  const { ECS_SUBNETS: subnets, ECS_LAUNCH_SETTINGS: launchSettings } = settings;
  const { networkMode = "awsvpc" } = launchSettings;
  if (networkMode === "awsvpc" && subnets.length === 0)
    throw new Error("environment: ECS_SUBNETS: expected at least one subnet, found none");
  return {
    cluster: settings.ECS_CLUSTER,
    family: settings.ECS_TASK_DEFINITION,
    subnets,
    securityGroups: settings.ECS_SECURITY_GROUP,
    ...launchSettings,
  };
};

/** @throws Error when runs are queued and there is no queue for the reports of the workers */
export const findReportQueue = ({ RETRY_QUEUE_URL: url }: RunPolicySettings): string => {
  if (url !== undefined) return url;
  throw new Error(
    "environment: RETRY_QUEUE_URL: expected the URL of a queue, because RUN_QUEUE_URL is set; found nothing",
  );
};
