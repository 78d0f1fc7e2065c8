import { type Json, json } from "./json";

/** One statement of an IAM or resource policy, in the words of IAM's policy grammar. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Json;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: Json } };
}

/** The JSON text of a policy document with these statements. */
export const policy = (...statements: readonly PolicyStatement[]): string =>
  json({ Version: "2012-10-17", Statement: statements as unknown as Json });

/** Trust policy that lets one AWS service take a role. `conditions` narrow for whom it may do so. */
export const trust = (service: string, conditions?: PolicyStatement["Condition"]): string =>
  json({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition: conditions },
    ],
  });

/** Refuses every request to a queue that does not come over TLS. */
export const tlsOnlyQueue = (queueArn: string): PolicyStatement => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: queueArn,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** The right of an AWS service, acting for one resource, to put messages into a queue. */
export const maySend = (
  sender: { readonly service: string; readonly sourceArn: string },
  queueArn: string,
): PolicyStatement => ({
  Effect: "Allow",
  Principal: { Service: sender.service },
  Action: "sqs:SendMessage",
  Resource: queueArn,
  Condition: { ArnEquals: { "aws:SourceArn": sender.sourceArn } },
});

/** The right to write into one log group, whose streams the writer makes itself. */
export const writeLog = (logGroupArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: `${logGroupArn}:*`,
});

/** The right to decrypt and to encrypt by a key, which goes with everything that the key encrypts. */
export const useKey = (kmsKeyArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: ["kms:Decrypt", "kms:GenerateDataKey"],
  Resource: kmsKeyArn,
});
