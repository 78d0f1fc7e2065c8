import { randomUUID } from "node:crypto";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { receiveAll } from "../../testing/receive-all";
import { accountId, region } from "./account";
import { type Deployed, eventSource } from "./deploy";

/** The actions of a scenario. */
export type Actor = {
  /** Puts an event that starts a task. Resolves with its id. */
  put(detail: object): Promise<string>;
  /** Delivers the same event to the function again. */
  redeliver(id: string): Promise<void>;
  /** Starts tasks, all at once. */
  startAtOnce(details: object[]): Promise<void>;
  /** Puts an event that stops all tasks of services. */
  stop(services: string[]): Promise<void>;
  /** Sends events with these details (JSON) to the buffer queue in one batch. */
  queue(details: string[]): Promise<void>;
  /** Redrives the dead-letter queue. */
  redrive(): Promise<void>;
  pass(ms: number): Promise<void>;
};

const startType = "Start ECS Task";

/** Records what an actor has done. */
export type ActorLog = {
  /** Ids of the events that start tasks. */
  ids: string[];
  /** Messages that it has redriven from the dead-letter queue. */
  redriven: string[];
};

export const createActor = (deployed: Deployed, { ids, redriven }: ActorLog): Actor => {
  const { account, functionName, bufferUrl, burstSource, deadLetterQueueUrls } = deployed;
  const { clock, config } = account;
  const events = new EventBridgeClient(config);
  const lambda = new LambdaClient(config);
  const sqs = new SQSClient(config);

  const send = async (DetailType: string, details: readonly object[]): Promise<string[]> => {
    const Entries = details.map((detail) => ({
      Source: eventSource,
      DetailType,
      Detail: JSON.stringify(detail),
    }));
    const { Entries: sent = [] } = await events.send(new PutEventsCommand({ Entries }));
    return sent.map(({ EventId = "" }) => EventId);
  };
  const invokeAsync = async (event: string): Promise<void> => {
    const Payload = Buffer.from(event);
    await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: "Event", Payload }));
  };
  /** An event as EventBridge delivers it. @param detail JSON */
  const event = (detail: string): string => {
    const id = randomUUID();
    ids.push(id);
    const time = `${clock.now().toISOString().slice(0, 19)}Z`;
    const head = { version: "0", id, "detail-type": startType, source: eventSource, account: accountId };
    return `${JSON.stringify({ ...head, time, region, resources: [] }).slice(0, -1)},"detail":${detail}}`;
  };

  return {
    pass: account.pass,
    async put(detail) {
      const sent = await send(startType, [detail]);
      ids.push(...sent);
      return sent[0] ?? "";
    },
    async redeliver(id) {
      const earlier = account.attempts.find((attempt) => attempt.event.includes(id));
      if (earlier) await invokeAsync(earlier.event);
    },
    async startAtOnce(details) {
      if (burstSource === "rule") {
        for (let first = 0; first < details.length; first += 10) {
          ids.push(...(await send(startType, details.slice(first, first + 10))));
        }
        return;
      }
      for (const detail of details) {
        const Payload = Buffer.from(event(JSON.stringify(detail)));
        void lambda.send(new InvokeCommand({ FunctionName: functionName, Payload }));
      }
      await account.pass(0);
    },
    async stop(services) {
      await send("Stop ECS Tasks", [{ services }]);
    },
    async queue(details) {
      const Entries = details.map((detail, index) => ({ Id: String(index), MessageBody: event(detail) }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: bufferUrl, Entries }));
    },
    async redrive() {
      for (const body of await receiveAll(sqs, deadLetterQueueUrls[0] ?? "")) {
        redriven.push(body);
        if (bufferUrl) await sqs.send(new SendMessageCommand({ QueueUrl: bufferUrl, MessageBody: body }));
        else await invokeAsync(body);
      }
    },
  };
};
