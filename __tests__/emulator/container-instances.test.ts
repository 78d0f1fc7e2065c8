import {
  CreateClusterCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  type NetworkMode,
  type PortMapping,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { createLocalAws } from "../../local/create-local-aws";

async function cluster(networkMode: NetworkMode, portMappings: PortMapping[], instances: string[]) {
  const aws = createLocalAws({ containers: () => ({}) });
  const ecs = new ECSClient({ ...aws.clientConfig, requestHandler: aws.requestHandler(), maxAttempts: 1 });
  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  const containerDefinitions = [{ name: "app", image: "auth:1", memory: 64, portMappings }];
  await ecs.send(new RegisterTaskDefinitionCommand({ family: "auth", networkMode, containerDefinitions }));
  for (const instanceId of instances) {
    const instanceIdentityDocument = JSON.stringify({ instanceId });
    await ecs.send(new RegisterContainerInstanceCommand({ cluster: "engines", instanceIdentityDocument }));
  }
  const run = (more: Partial<RunTaskCommandInput> = {}) =>
    ecs.send(new RunTaskCommand({ cluster: "engines", taskDefinition: "auth", launchType: "EC2", ...more }));
  /** Instance and host ports of a task, from the API. */
  const address = async (taskArn: string) => {
    await aws.clock.advance(1000);
    const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [taskArn] }));
    const { containerInstanceArn = "", containers } = tasks?.[0] ?? {};
    const { containerInstances } = await ecs.send(
      new DescribeContainerInstancesCommand({
        cluster: "engines",
        containerInstances: [containerInstanceArn],
      }),
    );
    const ports = containers?.[0]?.networkBindings?.map(({ hostPort }) => hostPort);
    return [containerInstances?.[0]?.ec2InstanceId, ports];
  };
  const runOne = async () => (await run()).tasks?.[0]?.taskArn ?? "";
  return { ...aws, ecs, run, runOne, address };
}

test("spreads tasks over the container instances and chooses a free host port on each", async () => {
  const { address, runOne } = await cluster("bridge", [{ containerPort: 8080, hostPort: 0 }], ["i-1", "i-2"]);
  const arns = [await runOne(), await runOne(), await runOne()];
  expect(await Promise.all(arns.map(address))).toEqual([
    ["i-1", [32768]],
    ["i-2", [32768]],
    ["i-1", [32769]],
  ]);
});

test("describes instance and port bindings, without the fields of Fargate", async () => {
  const { clock, ecs, runOne, taskEvents } = await cluster("bridge", [{ containerPort: 8080 }], ["i-1"]);
  const arn = await runOne();
  await clock.advance(1000);
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [arn] }));
  const expected = {
    launchType: "EC2",
    containerInstanceArn: expect.stringMatching(/:container-instance\/engines\/[0-9a-f]{32}$/),
    containers: [
      { networkBindings: [{ bindIP: "0.0.0.0", containerPort: 8080, hostPort: 32768, protocol: "tcp" }] },
    ],
    attachments: [],
  };
  expect(tasks?.[0]).toMatchObject(expected);
  expect(taskEvents.at(-1)?.detail).toMatchObject({ ...expected, lastStatus: "RUNNING" });
  expect(tasks?.[0]).not.toHaveProperty("platformVersion");
});

test("binds a fixed host port once on each instance, and again when its task has ended", async () => {
  const { clock, ecs, run, runOne } = await cluster("host", [{ containerPort: 8080 }], ["i-1"]);
  const arn = await runOne();
  expect(await run()).toMatchObject({ tasks: [], failures: [{ reason: "RESOURCE:PORTS" }] });
  await ecs.send(new StopTaskCommand({ cluster: "engines", task: arn }));
  await clock.advance(1000);
  expect((await run()).tasks).toHaveLength(1);
});

test.each<[string, NetworkMode, string[], Partial<RunTaskCommandInput>, string]>([
  ["no machine", "bridge", [], {}, "No Container Instances were found in your cluster."],
  [
    "Fargate",
    "bridge",
    ["i-1"],
    { launchType: "FARGATE", overrides: { cpu: "256", memory: "512" } },
    "awsvpc",
  ],
  [
    "a network of its own",
    "host",
    ["i-1"],
    { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } } },
    "not valid for the given networkMode",
  ],
])("refused: %s", async (_what, mode, instances, more, message) => {
  const { run } = await cluster(mode, [{ containerPort: 8080 }], instances);
  await expect(run(more)).rejects.toThrow(message);
});
