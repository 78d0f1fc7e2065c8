import * as v from "valibot";
import { PermanentError } from "./failures";
import { quote } from "./text";

const text = v.nullish(v.string());
const texts = v.nullish(v.record(v.string(), text));
const lists = v.nullish(v.record(v.string(), v.nullish(v.array(v.string()))));

// A member that is absent is null, not {}.
const restRequest = v.object({
  httpMethod: v.string(),
  resource: text,
  path: text,
  headers: texts,
  multiValueHeaders: lists,
  queryStringParameters: texts,
  multiValueQueryStringParameters: lists,
  pathParameters: texts,
  requestContext: v.object({
    requestId: v.string(),
    identity: v.nullish(v.object({ userArn: text, cognitoIdentityId: text, apiKeyId: text })),
    authorizer: v.nullish(v.object({ principalId: text })),
  }),
  body: text,
  isBase64Encoded: v.nullish(v.boolean()),
});

/** A request as a REST API of API Gateway passes it to a function. */
export type RestRequest = v.InferOutput<typeof restRequest>;

/** @throws Error for any other input: no client of the API can cause it */
export const readRestRequest = (input: unknown): RestRequest => {
  if (v.is(restRequest, input)) return input;
  throw new Error("event: expected a request of a REST API (proxy integration), found another event");
};

/** Names of headers have any case. */
export const findHeader = ({ headers, multiValueHeaders }: RestRequest, name: string): string | undefined => {
  const isIt = ([each]: [string, unknown]): boolean => each.toLowerCase() === name;
  const single = Object.entries(headers ?? {}).find(isIt)?.[1];
  return (
    single ??
    Object.entries(multiValueHeaders ?? {})
      .find(isIt)?.[1]
      ?.at(-1)
  );
};

/** @throws PermanentError when the parameter is given twice: one of the values would be ignored */
export const findQueryParameter = (request: RestRequest, name: string): string | undefined => {
  const { queryStringParameters, multiValueQueryStringParameters } = request;
  const values = multiValueQueryStringParameters?.[name] ?? [];
  if (values.length > 1)
    throw new PermanentError("BadRequest", `${name}: expected one value, found ${values.length}`);
  return queryStringParameters?.[name] ?? values[0];
};

/** A path parameter comes percent-encoded. Undefined: absent or empty. */
export const findPathParameter = ({ pathParameters }: RestRequest, name: string): string | undefined => {
  const value = pathParameters?.[name];
  if (!value) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

/** @throws PermanentError when the body is not JSON in UTF-8 */
export const parseBody = ({ body, isBase64Encoded }: RestRequest, example: string): unknown => {
  const refuse = (found: string): never => {
    throw new PermanentError("BadRequest", `body: expected JSON such as ${example}, found ${found}`);
  };
  if (!body) return refuse("nothing");
  let json = body;
  if (isBase64Encoded) {
    try {
      json = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(body, "base64"));
    } catch {
      return refuse("bytes that are not UTF-8");
    }
  }
  try {
    return JSON.parse(json);
  } catch {
    return refuse(quote(json));
  }
};

/** The caller, as authenticated by API Gateway. */
export const identifyCaller = ({ requestContext: { identity, authorizer } }: RestRequest): string =>
  identity?.userArn ??
  authorizer?.principalId ??
  identity?.cognitoIdentityId ??
  identity?.apiKeyId ??
  "anybody";
