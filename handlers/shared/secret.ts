import * as v from "valibot";
import { TransientError } from "./failures";
import { fromJson } from "./json";
import { type Connection, createSignedRequests, readErrorCode, toServiceUrl } from "./signed-requests";

/**
 * Reads the current text of a secret in Secrets Manager.
 * @throws TransientError with the error code of Secrets Manager as its name; Error without a response
 */
export type ReadSecret = (secretArn: string) => Promise<string>;

const answer = v.object({ SecretString: v.string() });

export const createReadSecret = (connection: Connection): ReadSecret => {
  const send = createSignedRequests("secretsmanager", connection);
  return async (secretArn) => {
    const { status, text } = await send({
      method: "POST",
      url: toServiceUrl("secretsmanager", connection),
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "secretsmanager.GetSecretValue",
      },
      body: JSON.stringify({ SecretId: secretArn }),
    });
    if (status >= 300) {
      const code = readErrorCode(text) ?? "GetSecretValueFailed";
      throw new TransientError(code, `${secretArn}: Secrets Manager answered ${status}: ${code}`);
    }
    const result = v.safeParse(answer, fromJson(text));
    // Not the text: it may be the secret.
    if (!result.success)
      throw new TransientError("MalformedSecret", `${secretArn}: expected a secret with a text, found none`);
    return result.output.SecretString;
  };
};
