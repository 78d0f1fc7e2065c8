import { join } from "node:path";
import { type Clock, RealClock, VirtualClock } from "./clock";
import { Core } from "./core";
import { Credentials } from "./credentials";
import { ProcessRunner } from "./ecs/process-runner";
import type { TaskTimings } from "./ecs/types";
import type { Event } from "./events/event";
import type { ServiceEvent } from "./events/service-event";
import { type Fault, Faults } from "./faults";
import { RoleAuthorization } from "./iam/role-authorization";
import { Sessions } from "./iam/sessions";
import { ProcessExecutor } from "./lambda/process-executor";
import { probe } from "./load-balancing/probe";
import { Logs } from "./logs";
import { messageOf } from "./message-of";
import type { MetricCounts } from "./metrics";
import { Moto } from "./moto";
import type { Disturbance, StartedClient } from "./rds";
import { DatabaseHost } from "./rds/database-host";
import type { NetworkClient, Reachability } from "./rds/reachability";
import { Accounts, DEFAULT_ACCOUNT } from "./routing";
import { LocalServer } from "./server";
import { DEFAULT_TIMINGS } from "./task-timings";
import { Watchdog } from "./watchdog";

export interface LocalAwsOptions {
  /** Default 0: any free port. */
  port?: number;
  /**
   * Image → shell command that runs in place of the image's entry point, with the deployed command as its arguments. `*`
   * in an image matches any characters; the first match counts. A task whose image is not in the map stops with
   * CannotPullContainerError.
   */
  images?: Record<string, string>;
  /** Default "real". With "virtual", time moves only by `LocalAws.clock.advance` and POST /_local/clock. */
  clock?: "real" | "virtual";
  faults?: Fault[];
  /** Python virtual environment with moto[server]; default `.local-aws/venv` in the working directory. */
  python?: string;
  /** Milliseconds that a task stays in each state; default: about half a second in all. */
  taskTimings?: Partial<TaskTimings>;
  /** Whether ECS calls are throttled at AWS's rates; default true. */
  throttled?: boolean;
  /** Region of `LocalAws.environment`, default eu-west-1. Every region works. */
  region?: string;
  /** Receives problems that no caller sees: lost events, functions that cannot run. Default: standard error. */
  log?: (line: string) => void;
}

/** The databases of DB instances. Rejects if an instance has none. */
export interface LocalDatabases {
  /** Disturbs a database until the next disturbance. `none` ends one. */
  disturb(instance: string, disturbance: Disturbance): Promise<void>;
  /** Whether the deployed security groups allow a connection to the port of an instance. */
  mayConnect(instance: string, client: NetworkClient): Promise<Reachability>;
}

/** Emulated AWS accounts behind one endpoint. */
export interface LocalAws {
  endpoint: string;
  /** Environment variables with which Terraform, SDKs and the AWS CLI use it. */
  environment: Record<string, string>;
  /** Path of the certificate, in PEM, of the authority that signs the certificates of databases. */
  certificateAuthority: string;
  clock: Clock;
  faults: Faults;
  /**
   * Puts an event on the default event bus as AWS services do; PutEvents takes none whose source starts with "aws.". Time, id,
   * account and region are set where they are left out. Returns the event as rules get it, and throws if it is none of an
   * AWS service. Over HTTP: POST /_local/events.
   */
  publish(event: ServiceEvent): Event;
  /** The CloudWatch metrics that count events lost on the way to a function or a queue. */
  metrics(): MetricCounts;
  /** The databases in the region of `environment`. Over HTTP: GET and POST /_local/databases. */
  databases: LocalDatabases;
  /** Stops server, functions, tasks, databases and moto. */
  stop(): Promise<void>;
}

/** Starts local AWS. Rejects if the port is in use or moto does not start, and leaves no processes running then. */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { port = 0, images = {}, throttled = true } = options;
  // An empty AWS_REGION counts as not set.
  const region = options.region || "eu-west-1";
  const log = options.log ?? ((line: string) => process.stderr.write(`${line}\n`));
  const clock = options.clock === "virtual" ? new VirtualClock(new Date()) : new RealClock();
  const faults = new Faults(clock);
  faults.set(options.faults ?? []);
  const watchdog = new Watchdog();
  const python = options.python ?? join(process.cwd(), ".local-aws", "venv");
  const moto = await Moto.start(python, watchdog.folder, log).catch(async (error: unknown) => {
    await watchdog.stop();
    throw error;
  });
  let endpoint = "";
  const accounts = new Accounts();
  const sessions = new Sessions();
  const authorization = new RoleAuthorization({
    clock,
    upstream: moto,
    sessions,
    resourcePolicy: (arn) => core.resourcePolicy(arn),
    log,
  });
  const credentials = new Credentials({ upstream: moto, accounts, sessions, authorization });
  const logs = new Logs(moto, clock, authorization);
  const databases = new DatabaseHost(watchdog);
  const { trust } = databases;
  const started = (client: StartedClient) =>
    core.rds.logUnreachable(client).catch((error: unknown) => log(`rds: ${messageOf(error)}`));
  const common = { endpoint: () => endpoint, log, started, trust, watchdog };
  const shared = { ...common, authorization, clock, credentials, logs, upstream: moto };
  const executor = new ProcessExecutor(shared);
  const runner = new ProcessRunner({ ...shared, images });
  const core = new Core({
    ...shared,
    accounts,
    databases,
    faults,
    executor,
    healthCheck: probe,
    runner,
    timings: { ...DEFAULT_TIMINGS, ...options.taskTimings },
    throttled,
    failuresUseUpTokens: false,
    onTaskEvent: () => {},
    crash: (accessKey) => executor.crash(accessKey),
    log,
  });
  const server = new LocalServer({ core, clock, faults, region, log });
  const stop = async () => {
    clock.stop();
    core.loadBalancing.stop();
    core.states.stop();
    await Promise.all([server.stop(), executor.stop(), runner.stop(), core.rds.stop()]);
    await moto.stop();
    await watchdog.stop();
  };
  try {
    endpoint = `http://127.0.0.1:${await server.listen(port)}`;
  } catch (error) {
    await stop();
    throw error;
  }
  const caller = { account: DEFAULT_ACCOUNT, region };
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    },
    certificateAuthority: databases.certificateFile,
    databases: {
      disturb: (instance, disturbance) => core.rds.disturb(caller, instance, disturbance),
      mayConnect: (instance, client) => core.rds.mayConnect(caller, instance, client),
    },
    clock,
    faults,
    publish: (event) => core.publish(region, event),
    metrics: () => core.metrics.counted(),
    stop,
  };
}
