import { TransientError } from "./failures";
import { fromJson } from "./json";
import { type Connection, createSignedRequests, readErrorCode, toServiceUrl } from "./signed-requests";

/**
 * Calls an action of a JSON service.
 * @throws TransientError with the error code of the service as its name; Error without a response
 */
export type AwsJsonCall = (action: string, input: unknown) => Promise<Record<string, unknown>>;

const protocols = {
  ecs: { target: "AmazonEC2ContainerServiceV20141113", version: "1.1" },
  kms: { target: "TrentService", version: "1.1" },
  sqs: { target: "AmazonSQS", version: "1.0" },
} as const;

export const createAwsJsonCall = (service: keyof typeof protocols, connection: Connection): AwsJsonCall => {
  const { target, version } = protocols[service];
  const send = createSignedRequests(service, connection);
  return async (action, input) => {
    const { status, text } = await send({
      method: "POST",
      url: toServiceUrl(service, connection),
      headers: {
        "content-type": `application/x-amz-json-${version}`,
        "x-amz-target": `${target}.${action}`,
      },
      body: JSON.stringify(input),
    });
    if (status >= 300) {
      const code = readErrorCode(text) ?? `${action}Failed`;
      throw new TransientError(code, `${service}:${action} answered ${status}: ${text.slice(0, 500)}`);
    }
    return Object(fromJson(text)) as Record<string, unknown>;
  };
};
