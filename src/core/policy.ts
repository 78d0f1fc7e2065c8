import { type IResolvable, Tokenization } from "cdktf";
import { expression } from "./expression";
import { type Json, json } from "./json";

/** One statement of an IAM policy or resource policy, with the elements of the IAM JSON policy reference. */
export interface PolicyStatement {
  /**
   * Id of the statement.
   * @default - none
   */
  readonly Sid?: string;
  /** Whether the statement allows or denies. */
  readonly Effect: "Allow" | "Deny";
  /**
   * Who is allowed or denied; for resource policies and trust policies.
   * @default - none
   */
  readonly Principal?: Json;
  /** Actions, for instance `sqs:SendMessage`. */
  readonly Action: string | readonly string[];
  /** ARNs or ARN patterns of the resources. */
  readonly Resource: string | readonly string[];
  /**
   * Conditions, by operator and condition key.
   * @default - none
   */
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: Json } };
}

/** JSON text of a policy document with these statements. */
export const policy = (...statements: readonly PolicyStatement[]): string =>
  json({ Version: "2012-10-17", Statement: statements as unknown as Json });

/**
 * JSON text of a policy document with the statements of each part in turn. A part is a list of statements or a Terraform
 * expression of one, for statements that depend on tokens.
 */
export const policyOf = (...parts: readonly (readonly PolicyStatement[] | IResolvable)[]): string =>
  parts.some((part) => Tokenization.isResolvable(part))
    ? json({ Version: "2012-10-17", Statement: concatenation(parts) })
    : policy(...(parts as readonly (readonly PolicyStatement[])[]).flat());

/**
 * JSON text of one policy document with the statements of all these documents, or null without a statement. A policy takes
 * each Sid once, so they have none. Terraform makes it, since only it knows what is in a token.
 */
export const mergedPolicy = (documents: readonly string[]): IResolvable => {
  const statements = expression`flatten([for document in ${documents} : [for statement in flatten([try(jsondecode(document).Statement, [])]) : { for element, value in statement : element => value if element != "Sid" }]])`;
  return expression`one([for statements in [${statements}] : jsonencode({ Version = "2012-10-17", Statement = statements }) if length(statements) > 0])`;
};

const concatenation = (parts: readonly unknown[]): IResolvable =>
  parts.reduce<IResolvable>((before, part) => expression`concat(${before}, ${part})`, expression`[]`);

/** JSON text of a trust policy that allows one AWS service to assume a role, under `conditions` if given. */
export const trust = (service: string, conditions?: PolicyStatement["Condition"]): string =>
  json({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition: conditions },
    ],
  });

/** Denies every request to a queue that is not made over TLS. */
export const tlsOnlyQueue = (queueArn: string): PolicyStatement => ({
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: queueArn,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
});

/** Allows an AWS service, on behalf of one resource, to send messages to a queue. */
export const allowSendMessage = (
  sender: { readonly service: string; readonly sourceArn: string },
  queueArn: string,
): PolicyStatement => ({
  Effect: "Allow",
  Principal: { Service: sender.service },
  Action: "sqs:SendMessage",
  Resource: queueArn,
  Condition: { ArnEquals: { "aws:SourceArn": sender.sourceArn } },
});

/** @deprecated Use {@link allowSendMessage}. */
export const maySend = allowSendMessage;

/** Allows to create log streams in one log group and to write to them. */
export const writeLog = (logGroupArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: `${logGroupArn}:*`,
});

/** Allows to encrypt and decrypt data with a KMS key. */
export const useKey = (kmsKeyArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: ["kms:Decrypt", "kms:GenerateDataKey"],
  Resource: kmsKeyArn,
});
