import { gzipSync } from "node:zlib";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { writeRunLog } from "../../cli/logs";

const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
const family = "engines-auth";
const definition = `arn:aws:ecs:eu-west-1:123456789012:task-definition/${family}:3`;
const run = "1".repeat(32);
const route = { cluster, family, container: "main", subnets: ["subnet-1"], securityGroups: [] };

const fail = (name: string, message = name): never => {
  throw Object.assign(new Error(message), { name });
};

type Answers = Readonly<Record<string, (input: Record<string, unknown>) => unknown>>;

const awslogs = (name: string) => ({
  name,
  logConfiguration: {
    logDriver: "awslogs",
    options: { "awslogs-group": "/ecs/auth", "awslogs-stream-prefix": "auth" },
  },
});
const running = (lastStatus = "STOPPED") => ({ tasks: [{ taskDefinitionArn: definition, lastStatus }] });

/** An account with one stopped task, whose only container has written two lines. */
const account: Answers = {
  ListFunctions: () => ({ Functions: [{ FunctionName: "engines-start-task" }] }),
  GetFunctionConfiguration: ({ FunctionName }) =>
    FunctionName === "engines-start-task"
      ? {
          FunctionName,
          Environment: {
            Variables: { ROUTES: gzipSync(JSON.stringify({ auth: route })).toString("base64") },
          },
        }
      : fail("ResourceNotFoundException"),
  DescribeTasks: () => running(),
  DescribeTaskDefinition: () => ({ taskDefinition: { containerDefinitions: [awslogs("main")] } }),
  DescribeLogStreams: ({ logStreamNamePrefix }) => ({ logStreams: [{ logStreamName: logStreamNamePrefix }] }),
  // Two pages, and after them the same token.
  GetLogEvents: ({ nextToken, logStreamName }) =>
    nextToken === undefined
      ? { events: [{ timestamp: 0, message: `first of ${logStreamName}\n` }], nextForwardToken: "1" }
      : { events: nextToken === "1" ? [{ timestamp: 1, message: "second" }] : [], nextForwardToken: "2" },
  FilterLogEvents: () => ({ events: [] }),
};

/** What the command prints; an error is thrown. */
async function printed(answers: Answers, { run: of = run, follow = false } = {}): Promise<string[]> {
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) =>
    ({ ...account, ...answers })[command.constructor.name.replace("Command", "")]!(command.input);
  const settings = {
    region: "eu-west-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const clients = {
    lambda: Object.assign(new LambdaClient(settings), { send }),
    ecs: Object.assign(new ECSClient(settings), { send }),
    logs: Object.assign(new CloudWatchLogsClient(settings), { send }),
  };
  const lines: string[] = [];
  await writeRunLog(clients, of, { follow }, (line) => lines.push(line));
  return lines;
}

test("prints all lines of the container", async () => {
  expect(await printed({})).toEqual([
    `1970-01-01T00:00:00.000Z first of auth/main/${run}`,
    "1970-01-01T00:00:00.001Z second",
  ]);
});

test("prints the names of several containers", async () => {
  const containerDefinitions = [awslogs("main"), { name: "quiet" }, awslogs("proxy")];
  const lines = await printed({
    DescribeTaskDefinition: () => ({ taskDefinition: { containerDefinitions } }),
  });
  expect(lines.filter((line) => line.includes("first"))).toEqual([
    `1970-01-01T00:00:00.000Z main first of auth/main/${run}`,
    `1970-01-01T00:00:00.000Z proxy first of auth/proxy/${run}`,
  ]);
});

test("follows a task from before its first line until it has stopped", async () => {
  let reads = 0;
  const states = ["PENDING", "RUNNING", "STOPPED"];
  const lines = await printed(
    {
      DescribeTasks: () => running(states.shift() ?? "STOPPED"),
      DescribeLogStreams: (input) =>
        reads++ === 0 ? { logStreams: [] } : account.DescribeLogStreams!(input),
    },
    { follow: true },
  );
  expect(lines).toHaveLength(2);
});

test("finds a task that ECS has forgotten in the run history", async () => {
  const detail = {
    taskArn: `${cluster.replace(":cluster/", ":task/")}/${run}`,
    clusterArn: cluster,
    taskDefinitionArn: definition,
    version: 5,
  };
  const message = JSON.stringify({ "detail-type": "ECS Task State Change", detail });
  const asked: unknown[] = [];
  const lines = await printed({
    DescribeTasks: () => ({ tasks: [] }),
    FilterLogEvents: (input) => {
      asked.push(input);
      return { events: [{ message }] };
    },
  });
  expect(lines).toHaveLength(2);
  expect(asked).toEqual([
    expect.objectContaining({ logGroupName: "/aws/events/engines-run-history", filterPattern: `"${run}"` }),
  ]);
});

const forgotten: Answers = { DescribeTasks: () => ({ tasks: [] }) };

test.each<[string, Answers, string, RegExp]>([
  ["a run that does not exist", forgotten, run, /^The launcher "engines" has no run "1{32}"; `runs` lists/],
  [
    "a run of a launcher without a run history",
    { ...forgotten, FilterLogEvents: () => fail("ResourceNotFoundException") },
    run,
    /^ECS does not know the run "1{32}" \(any more\), and the launcher "engines" has no run history/,
  ],
  ["what is no run", {}, "auth", /^"auth" is no run: a run is the ID of a task, 32 digits/],
  [
    "a task whose log group is gone",
    { DescribeLogStreams: () => fail("ResourceNotFoundException") },
    run,
    /^The log group \/ecs\/auth is gone, and the log of the run with it\.$/,
  ],
  [
    "a task whose task definition was deleted",
    { DescribeTaskDefinition: () => fail("ClientException", "Unable to describe task definition.") },
    run,
    /^The task definition engines-auth:3 of the run 1{32} was deleted/,
  ],
  [
    "a task with another log driver",
    {
      DescribeTaskDefinition: () => ({
        taskDefinition: { containerDefinitions: [{ logConfiguration: { logDriver: "awsfirelens" } }] },
      }),
    },
    run,
    /^The task definition engines-auth:3 of the run 1{32} does not log to CloudWatch Logs; its log driver is awsfirelens\.$/,
  ],
  [
    "a task whose log must not be read",
    { GetLogEvents: () => fail("AccessDeniedException", "not authorized to perform: logs:GetLogEvents") },
    run,
    /logs:GetLogEvents/,
  ],
])("says why there is no log of %s", async (_name, answers, of, message) => {
  await expect(printed(answers, { run: of })).rejects.toThrow(message);
});

test("prints nothing when the container has written nothing", async () => {
  expect(await printed({ DescribeLogStreams: () => ({ logStreams: [] }) })).toEqual([]);
});

describe("a queued run", () => {
  const queued = (digit: string) => `${digit.repeat(43)}-1767323045000`;
  const line = (message: string, of: string | undefined, text = "") => ({
    timestamp: 5,
    logStreamName: "auth/main/worker",
    message: JSON.stringify({ message, run: of, text }),
  });
  const stream = [
    line("policy run ended", queued("0")),
    line("run begins", queued("1")),
    line("custodian", undefined, "one"),
    line("policy run ended", queued("1"), "ended"),
    line("custodian", undefined, "left out"),
    line("run begins", queued("2")),
    line("custodian", undefined, "two"),
    line("run begins", queued("3")),
  ];
  const variables = {
    RUN_QUEUE_URL: "queue",
    ECS_TASK_DEFINITION: family,
    ECS_CLUSTER: cluster,
    SERVICE: "auth",
  };
  const runner: Answers = {
    ListFunctions: () => ({ Functions: [{ FunctionName: "custodian-run-policy" }] }),
    GetFunctionConfiguration: ({ FunctionName }) => ({ FunctionName, Environment: { Variables: variables } }),
    FilterLogEvents: ({ filterPattern = "" }) => ({
      events: stream.filter(({ message }) => message.includes(String(filterPattern).slice(1, -1))),
    }),
    GetLogEvents: ({ nextToken }) => ({ events: nextToken ? [] : stream, nextForwardToken: "1" }),
  };

  test.each([
    ["1", /"run begins".*;.*"one".*;.*"policy run ended"[^;]*"ended"[^;]*$/],
    ["2", /"run begins".*;.*"two"[^;]*$/],
  ])("has its lines of the log of its worker (%s)", async (digit, lines) => {
    const all = await printed(runner, { run: queued(digit), follow: true });
    expect(all.join(";")).toMatch(lines);
    expect(all.join()).not.toContain("left out");
  });

  test("that no worker has begun is not there", async () => {
    await expect(printed(runner, { run: queued("9") })).rejects.toThrow(
      /^No worker of the launcher "custodian" has begun the run "9{43}-1767323045000"; `runs` lists/,
    );
  });
});
