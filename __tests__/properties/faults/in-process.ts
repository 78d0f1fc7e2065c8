import { setImmediate as turn } from "node:timers/promises";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { registerTargetsEnvironment } from "../../../handlers/register-targets/environment";
import { createRegisterTargets } from "../../../handlers/register-targets/register-targets";
import { createBucket } from "../../../handlers/shared/bucket";
import { createInvokeAsync } from "../../../handlers/shared/invoke-async";
import { parseEnvironment } from "../../../handlers/shared/schema";
import { createSendMessage } from "../../../handlers/shared/send-message";
import { startTaskEnvironment } from "../../../handlers/start-task/environment";
import { createStartTask } from "../../../handlers/start-task/start-task";
import { InProcessRequestHandler } from "../../../local/request-handler";
import { type Account, type Attempt, type Runtime, region } from "../../../scripts/faults/account";
import { lean, leanConfig } from "../../../testing/lean-client";

type Invocation = Parameters<ReturnType<typeof createStartTask>>[1];
type Handler = (event: unknown, invocation: Invocation) => Promise<unknown>;
/** Serves one invocation at a time. */
type Environment = { handler: Handler; trace: string | undefined };

/** Time that passes in one step while a function is at work: a call takes no longer than that. */
const stepMs = 50;
const turnsOfCall = 10;

/** Runs our functions in this process, with the real SDK clients and the account's clock. */
export const inProcessRuntime = ({ core, clock }: Pick<Account, "core" | "clock">): Runtime => {
  const lines: string[] = [];
  const idle = new Map<string, Environment[]>();
  const now = () => clock.now().getTime();
  const sleep = (ms: number) => clock.sleep(ms);
  const write = (line: string) => lines.push(line);

  const start = ({ functionName, environment: variables }: Attempt): Environment => {
    const environment: Environment = { handler: async () => {}, trace: undefined };
    const requestHandler = new InProcessRequestHandler(core, { trace: () => environment.trace });
    const config = {
      region,
      endpoint: "http://127.0.0.1:4566",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      requestHandler,
    };
    const connection = { ...config, sleep };
    const parts = {
      ecs: lean(new ECSClient({ ...config, ...leanConfig("ecs", sleep) })),
      elb: lean(
        new ElasticLoadBalancingV2Client({ ...config, ...leanConfig("elasticloadbalancing", sleep) }),
      ),
      sendMessage: createSendMessage(connection),
      now,
      sleep,
      write,
    };
    if (functionName === "start-task") {
      const parsed = parseEnvironment(startTaskEnvironment, variables);
      const bucket = createBucket(parsed.PAYLOAD_BUCKET, connection);
      const invokeAsync = createInvokeAsync(connection);
      environment.handler = createStartTask({ ...parts, bucket, invokeAsync, environment: parsed });
    } else {
      const parsed = parseEnvironment(registerTargetsEnvironment, variables);
      environment.handler = createRegisterTargets({ ...parts, environment: parsed });
    }
    return environment;
  };

  return {
    lines,
    async run(attempt) {
      const { functionName, requestId, invokedArn, event, timeoutMs, trace } = attempt;
      const waiting = idle.get(functionName) ?? [];
      idle.set(functionName, waiting);
      const environment = waiting.pop() ?? start(attempt);
      environment.trace = trace;
      const end = now() + timeoutMs;
      const invocation = {
        awsRequestId: requestId,
        functionName,
        invokedFunctionArn: invokedArn,
        getRemainingTimeInMillis: () => end - now(),
      };
      try {
        const result = await environment.handler(JSON.parse(event), invocation);
        return { payload: JSON.stringify(result) ?? "null", failed: false };
      } catch (error) {
        const { name, message } = error as Error;
        lines.push(`ERROR Invoke Error ${name}`);
        return { payload: JSON.stringify({ errorType: name, errorMessage: message }), failed: true };
      } finally {
        waiting.push(environment);
      }
    },
    async advanceTime() {
      for (let turns = 0; turns < turnsOfCall; turns++) await turn();
      await clock.advance(stepMs);
    },
    stop: async () => {},
  };
};
