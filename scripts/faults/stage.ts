import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  type DesiredStatus,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { addressOf } from "../../handlers/shared/task-target";
import type { LocalAws } from "../../local/start-local-aws";
import { startCountingProxy } from "./counting-proxy";

const port = 8080;

/** What one function has for one scenario: a cluster, a target group and a queue of its own. */
export type Stage = {
  /** How a program finds AWS. */
  environment: Record<string, string>;
  route: { cluster: string; family: string; container: string; subnets: string[]; port: number };
  targetGroup: string;
  deadLetterQueueUrl: string;
  /** What is left when the scenario is over. */
  look(): Promise<Scene>;
  close(): void;
};

export type Scene = {
  runTaskCalls: number;
  tasks: number;
  /** Tasks that run and are targets. */
  serving: number;
  /** Tasks that run and are no targets. */
  leaked: number;
  /** Why the function wrote dead letters. */
  deadLetters: string[];
};

/** A subnet that the account has from the beginning. */
const firstSubnet = async ({ endpoint, environment }: LocalAws): Promise<{ id: string; vpc: string }> => {
  const scope = `local/20260101/${environment.AWS_REGION}/ec2/aws4_request`;
  const answer = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=local`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "Action=DescribeSubnets&Version=2016-11-15",
  });
  const xml = await answer.text();
  const text = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(xml)?.[1] ?? "";
  return { id: text("subnetId"), vpc: text("vpcId") };
};

const tasksOf = async (ecs: ECSClient, cluster: string): Promise<Task[]> => {
  const list = async (desiredStatus: DesiredStatus) =>
    (await ecs.send(new ListTasksCommand({ cluster, desiredStatus }))).taskArns ?? [];
  const arns = [...(await list("RUNNING")), ...(await list("STOPPED"))];
  if (arns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns }));
  if (tasks.every(({ lastStatus }) => lastStatus === "RUNNING" || lastStatus === "STOPPED")) return tasks;
  await sleep(200);
  return tasksOf(ecs, cluster);
};

/** @param name of everything on the stage; unique */
export const setStage = async (aws: LocalAws, name: string): Promise<Stage> => {
  const config = {
    endpoint: aws.endpoint,
    region: aws.environment.AWS_REGION,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  const ecs = new ECSClient(config);
  const elb = new ElasticLoadBalancingV2Client(config);
  const sqs = new SQSClient(config);

  const subnet = await firstSubnet(aws);
  await ecs.send(new CreateClusterCommand({ clusterName: name }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [
        { name: "main", image: "engine", memory: 512, portMappings: [{ containerPort: port }] },
      ],
    }),
  );
  const { TargetGroups = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: "HTTP",
      Port: port,
      VpcId: subnet.vpc,
      TargetType: "ip",
    }),
  );
  const targetGroup = TargetGroups[0]?.TargetGroupArn ?? "";
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const proxy = await startCountingProxy(aws.endpoint);

  return {
    environment: { ...aws.environment, AWS_ENDPOINT_URL: proxy.endpoint },
    route: { cluster: name, family: name, container: "main", subnets: [subnet.id], port },
    targetGroup,
    deadLetterQueueUrl: QueueUrl,
    close: proxy.stop,
    async look() {
      const tasks = await tasksOf(ecs, name);
      const { TargetHealthDescriptions = [] } = await elb.send(
        new DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }),
      );
      const targets = TargetHealthDescriptions.map(({ Target }) => Target?.Id);
      const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
      const serving = running.filter((task) => targets.includes(addressOf(task)));
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      return {
        runTaskCalls: proxy.count("RunTask"),
        tasks: tasks.length,
        serving: serving.length,
        leaked: running.length - serving.length,
        deadLetters: Messages.map(({ Body = "{}" }) => String(JSON.parse(Body).responsePayload?.errorType)),
      };
    },
  };
};
