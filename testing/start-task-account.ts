import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Routes } from "../handlers/launch/route";
import type { WriteLine } from "../handlers/shared/log";
import type { StartTaskParts } from "../handlers/start-task/start-task";
import type { VirtualClock } from "../local/clock";
import type { InProcessOptions } from "../local/create-local-aws";
import { createLaunchAccount, payloadBucket } from "./launch-account";

type AccountOptions = InProcessOptions<VirtualClock> & {
  routes: Routes;
  /** Whether events are buffered in the inner queue. */
  buffer: boolean;
};

/** Creates local AWS with the resources of start-task, and clients that are fast enough for thousands of inputs. */
export const createAccount = async ({ routes, buffer, ...options }: AccountOptions) => {
  const families = Object.fromEntries(Object.values(routes).map(({ family }) => [family, "main"]));
  const account = await createLaunchAccount({ cluster: "engines", families, ...options });
  const { deadLetterQueue, innerQueue } = account;
  const elb = new ElasticLoadBalancingV2Client(account.local.clientConfig);
  return {
    ...account,
    /** The parts of a function. */
    partsOver: (requestHandler: object, write: WriteLine): StartTaskParts => ({
      ...account.partsOver(requestHandler),
      elb,
      environment: {
        ROUTES: routes,
        DEAD_LETTER_QUEUE_URL: deadLetterQueue,
        PAYLOAD_BUCKET: payloadBucket,
        LOG_LEVEL: "INFO",
        WAIT_FOR: "running",
        DEDUPLICATION_WINDOW_HOURS: 24,
        RETRY_QUEUE_URL: innerQueue,
        ...(buffer && { BUFFER_QUEUE_URL: innerQueue }),
      },
      write,
    }),
  };
};
