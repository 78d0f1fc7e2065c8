import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { createLocalAws, type InProcessOptions } from "../../local/create-local-aws";

const network = { awsvpcConfiguration: { subnets: ["subnet-1"], securityGroups: ["sg-1"] } };
export const launch: RunTaskCommandInput = {
  cluster: "engines",
  taskDefinition: "auth",
  launchType: "FARGATE",
  networkConfiguration: network,
};

/** Creates an account in process with the cluster `engines`, the task definition `auth` and a client without retries. */
export async function account(options: InProcessOptions = {}) {
  const aws = createLocalAws(options);
  const ecs = new ECSClient({ ...aws.clientConfig, requestHandler: aws.requestHandler(), maxAttempts: 1 });
  await ecs.send(
    new CreateClusterCommand({ clusterName: "engines", capacityProviders: ["FARGATE", "FARGATE_SPOT"] }),
  );
  const define = (family: string, ...containers: object[]) =>
    ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: "awsvpc",
        cpu: "256",
        memory: "512",
        containerDefinitions: containers,
      }),
    );
  await define("auth", { name: "app", image: "auth:1", environment: [{ name: "A", value: "1" }] });
  const run = async (more: Partial<RunTaskCommandInput> = {}) =>
    (await ecs.send(new RunTaskCommand({ ...launch, ...more }))).tasks ?? [];
  const describe = async (...tasks: (string | undefined)[]) => {
    const arns = tasks.map((arn) => arn ?? "");
    return (await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: arns }))).tasks ?? [];
  };
  return { ...aws, define, describe, ecs, run };
}
