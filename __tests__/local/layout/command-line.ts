import { execFile } from "node:child_process";
import { RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SQSClient } from "@aws-sdk/client-sqs";
import { strToU8, zipSync } from "fflate";
import { findDeadLetterQueues } from "../../../cli/dead-letters/find-queues";
import { clientConfig } from "../../../scripts/mutation/client-config";
import { commandLineProgram } from "../../../testing/command-line";
import { projectRoot } from "../../../testing/terraform";
import { addressOf, type Form, until } from "./form";
import { createOperator } from "./operator";

interface Ended {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a separate process, with the permissions of an operator. No task runs at the beginning. */
export function commandLine(form: () => Form): void {
  let operator: Awaited<ReturnType<typeof createOperator>>;
  beforeAll(async () => {
    operator = await createOperator(form());
  });
  afterAll(() => operator?.remove());

  const cli = (args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const { PATH, HOME } = process.env;
      execFile(
        process.execPath,
        [commandLineProgram(), ...args],
        {
          cwd: projectRoot,
          env: { PATH, HOME, ...form().localAws.environment, ...operator.environment, ...environment },
        },
        (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }),
      );
    });
  const all = ["auth", "fa", "missing", "report", "retrying", "users"];

  test("prints the status when nothing runs", async () => {
    const { status, stdout } = await cli(["status"]);
    const lines = stdout.split("\n");
    // What the tests before have left.
    const runs = lines.filter((line) => line.startsWith("  last runs: "));
    expect(runs.join("\n")).toMatch(/last runs: .*\bfailed with exit code \d+ \d+ (s|min) ago/);
    expect(lines.filter((line) => !runs.includes(line))).toEqual([
      "Launcher engines in us-east-1",
      "",
      ...all.map((service) => `${service}: no running tasks`),
      "",
      "All services are in sync.",
      expect.stringMatching(
        /^(No dead letters\.|\d+ dead letters? in engines-.*`redrive` sends them again\.)$/,
      ),
      "",
    ]);
    expect(status).toBe(0);
  });

  test("starts a task and shows it in the status", async () => {
    const started = await cli(["start", "users", "--json"]);
    const { taskArn } = JSON.parse(started.stdout) as { taskArn: string };
    const task = (await form().aws.tasks()).find((each) => each.taskArn === taskArn);
    const target = addressOf(await form().taskAt("RUNNING", task!.startedBy!));
    await form().untilTargets("users", [`${target} healthy`]);

    const { status, stdout } = await cli(["status", "--json"]);
    expect(status).toBe(0);
    const { name, services } = JSON.parse(stdout);
    expect(name).toBe("engines");
    expect(services.map(({ service }: { service: string }) => service)).toEqual(all);
    expect(services.at(-1)).toEqual({
      service: "users",
      tasks: [
        { taskId: taskArn.split("/").pop(), status: "RUNNING", ageSeconds: expect.any(Number), target },
      ],
      targets: [{ target, health: "healthy", reason: null }],
      problems: [],
      lastRuns: expect.any(Array),
    });
  });

  test("shows targets that are out of sync, and sync reconciles them", async () => {
    const TargetGroupArn = form().layout.routes.users!.target_group_arn!;
    const Targets = [{ Id: "10.0.99.99", Port: 8080 }];
    await form().elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));

    const before = await cli(["status"]);
    expect(before.stdout).toMatch(/^ {2}task {4}[0-9a-f]{32} {2}10\.[0-9.]+:8080 +RUNNING +\d+ s$/m);
    expect(before.stdout).toMatch(/^ {2}target {36}10\.[0-9.]+:8080 +healthy$/m);
    expect(before.stdout).toContain("  ! target 10.0.99.99:8080 is registered and has no running task\n");
    expect(before.stdout).toContain("1 service of 6 out of sync. `sync` reconciles targets");
    expect(before.status).toBe(1);

    const synced = await cli(["sync"]);
    expect(synced).toMatchObject({ status: 0, stderr: "" });
    expect(synced.stdout).toContain("fa: in sync\n");
    expect(synced.stdout).toContain("users: deregistered 10.0.99.99:8080\n");

    expect((await cli(["status", "--json"])).status).toBe(0);
  });

  test("stops tasks and says so", async () => {
    expect(await cli(["stop", "users", "fa"])).toEqual({
      status: 0,
      stdout: "users: 1 task draining, will be stopped after that\nfa: no running tasks\n",
      stderr: "",
    });
    await form().untilTargets("users", []);
    expect(JSON.parse((await cli(["stop", "fa", "--json"])).stdout)).toEqual({
      services: { fa: expect.objectContaining({ stopped: [], draining: [] }) },
    });
  });

  test("stops one task by its id, after its target has drained", async () => {
    const { taskArn = "" } = await form().serving("users");
    const taskId = taskArn.split("/").pop()!;
    expect(await cli(["stop", taskId])).toMatchObject({
      status: 0,
      stdout: "users: 1 task draining, will be stopped after that\n",
    });
    await form().untilTargets("users", []);
  });

  test("finds the dead-letter queues of the functions, their rules and their schedules", async () => {
    const { environment } = form().localAws;
    const config = clientConfig(environment);
    const queues = await findDeadLetterQueues(
      {
        lambda: form().lambda,
        events: new EventBridgeClient(config),
        scheduler: new SchedulerClient(config),
        sqs: new SQSClient(config),
      },
      "engines",
    );
    expect(queues.map(({ name, function: { name: to } }) => `${name} to ${to}`).sort()).toEqual([
      "engines-dead-letter to engines-start-task",
      "engines-evening-report-undelivered to engines-start-task",
      "engines-evening-stop-undelivered to engines-register-targets",
      "engines-order-undelivered to engines-start-task",
      "engines-register-targets-dead-letter to engines-register-targets",
      "engines-register-targets-stop-undelivered to engines-register-targets",
      "engines-register-targets-sweep-undelivered to engines-register-targets",
      "engines-start-undelivered to engines-start-task",
      "engines-task-failed-undelivered to engines-start-task",
    ]);
    const order = queues.find(({ name }) => name === "engines-order-undelivered");
    expect(order?.inputTemplate).toBe('{"service":"report","event":<aws.events.event.json>}');
  });

  test("redrives a letter when its cause is mended, and says when one comes back", async () => {
    const fault = {
      service: "ecs",
      action: "RunTask",
      fault: "error",
      code: "ClusterNotFoundException",
    } as const;
    const event = await form().under([fault], async () => {
      const put = await form().aws.put({ service: "report" });
      await until(
        () => form().aws.deadLetters(),
        (found) => found.some((letter) => letter.includes(put.id)),
      );
      return put;
    });
    const unknown = await form().aws.put({ service: "billing" });
    const lines = async (...args: string[]) => (await cli(["redrive", ...args])).stdout.split("\n");
    await until(
      () => form().aws.deadLetters(),
      (found) => found.some((letter) => letter.includes(unknown.id)),
    );
    expect(await lines("--dry-run")).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`${event.id}  report   ClusterNotFoundException  would be sent to`),
        expect.stringContaining(`${unknown.id}  billing  UnknownService `),
      ]),
    );

    const redriven = await cli(["redrive", "--reason", "ClusterNotFoundException"]);
    expect(redriven).toMatchObject({ status: 0, stderr: expect.stringContaining("1 letter sent") });
    expect(redriven.stdout).toMatch(/report {2}ClusterNotFoundException {2}started arn:aws:ecs:/);
    expect((await form().taskAt("STOPPED", event.id)).containers?.[0]?.exitCode).toBe(0);

    const again = await cli(["redrive", "--reason", "billing", "--json"]);
    expect(again.status).toBe(1);
    expect(JSON.parse(again.stdout).letters).toContainEqual(
      expect.objectContaining({
        eventId: unknown.id,
        result: expect.objectContaining({ outcome: "deadLetter", code: "UnknownService" }),
      }),
    );
    expect((await form().aws.deadLetters()).filter((letter) => letter.includes(event.id))).toEqual([]);
    await form().aws.takeDeadLetter(unknown.id);
  });

  const refused = async (args: string[], environment: Record<string, string>, message: string) =>
    expect(await cli(args, environment)).toEqual({ status: 2, stdout: "", stderr: `${message}\n` });

  type Listed = {
    runHistory: string | null;
    runs: { task: string; service: string; outcome: string; exitCode: number | null }[];
  };

  test("lists what has ended, with its outcome, and prints the log of one", async () => {
    const stopped = (await form().aws.tasks()).filter(({ lastStatus }) => lastStatus === "STOPPED");
    const { status, stdout } = await cli(["runs", "--json"]);
    expect(status).toBe(0);
    const { runHistory, runs } = JSON.parse(stdout) as Listed;
    expect(runHistory).toBe("/aws/events/engines-run-history");
    // With the exit code that only ECS knows. Faults have lost the ends of two tasks, and one may have stopped just now.
    const known = stopped.flatMap(({ taskArn = "", containers = [] }) =>
      runs
        .filter(({ task }) => task === taskArn.split("/").pop())
        .map((run) => ({ run, exitCode: containers[0]?.exitCode ?? null })),
    );
    expect(known.length).toBeGreaterThanOrEqual(Math.max(3, stopped.length - 3));
    for (const { run, exitCode } of known)
      expect(run).toMatchObject({
        outcome: expect.stringMatching(/^(succeeded|failed|interrupted|stopped|unstarted)$/),
        exitCode,
      });
    const failed = await cli(["runs", "--failed"]);
    expect(failed.stdout).toMatch(/ failed .* exit code \d+ /);
    expect(failed.stdout).not.toMatch(/ (succeeded|stopped) /);

    const run = runs.findLast(({ service, outcome }) => service === "retrying" && outcome === "failed")!;
    const log = await cli(["logs", run.task]);
    expect(log).toMatchObject({ status: 0, stderr: "" });
    expect(log.stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+Z \{"timestamp":/);

    expect((await cli(["runs", "billing"])).stderr).toContain('has no service "billing"');
    expect((await cli(["runs", "--since", "soon"])).stderr).toContain('found "soon"');
  });

  test("lists a task that runs, and follows its log until it has stopped", async () => {
    const { taskArn } = JSON.parse((await cli(["start", "users", "--json"])).stdout) as { taskArn: string };
    const started = (await form().aws.tasks()).find((each) => each.taskArn === taskArn);
    await form().taskAt("RUNNING", started!.startedBy!);
    const run = taskArn.split("/").pop()!;
    const { runs } = JSON.parse((await cli(["runs", "users", "--json"])).stdout) as Listed;
    expect(runs).toContainEqual(expect.objectContaining({ task: run, outcome: "running" }));
    const following = cli(["logs", run, "--follow"]);
    await cli(["stop", "users"]);
    expect(await following).toMatchObject({ status: 0, stdout: expect.stringContaining("listening") });
  });

  test.each([
    ["0".repeat(32), /^The launcher "engines" has no run "0{32}"; `runs` lists those of the last day/],
    ["latest", /^"latest" is no run: a run is the ID of a task, 32 digits and letters a to f/],
  ])("has no log of the run %s", async (run, message) => {
    expect(await cli(["logs", run])).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(message),
    });
  });

  test("fails with the known names when something does not exist", async () => {
    const services = all.join(", ");
    await refused(
      ["start", "billing"],
      {},
      `The launcher "engines" has no service "billing"; it has ${services}.`,
    );
    await refused(
      ["status", "--name", "shop"],
      {},
      'The region us-east-1 has no launcher "shop"; it has engines.',
    );
    await refused(
      ["sync"],
      { AWS_REGION: "eu-west-3" },
      "The region eu-west-3 has no launcher: no function is called <name>-start-task; AWS_REGION chooses another region.",
    );
  });

  test("chooses one of several launchers by --name", async () => {
    const { lambda, layout } = form();
    const { Role } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: layout.function_name }),
    );
    const FunctionName = "shop-start-task";
    const ZipFile = zipSync({ "index.js": strToU8("exports.handler = async () => {};") });
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Role,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Code: { ZipFile },
      }),
    );
    await refused(
      ["status"],
      {},
      "The region us-east-1 has several launchers: engines, shop; choose one with --name.",
    );
    const action = "lambda:GetFunctionConfiguration";
    await refused(
      ["status", "--name", "shop"],
      {},
      `arn:aws:sts::123456789012:assumed-role/operator/operator has no permission for ${action} on arn:aws:lambda:us-east-1:123456789012:function:shop-start-task, because no identity-based policy allows the ${action} action.`,
    );
    await refused(
      ["status", "--name", "shop"],
      { ...form().localAws.environment, AWS_SESSION_TOKEN: "" },
      "The environment of the function shop-start-task has no launch routes that this version can read: ROUTES: expected a value, found nothing.",
    );
    expect((await cli(["status", "--name", "engines"])).status).toBe(0);
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
  });
}
