/** A request as a REST API of API Gateway passes it to a function: what is absent is null. */
export const restRequest = (
  httpMethod: "GET" | "POST",
  resource: string,
  more: {
    path?: string;
    headers?: Record<string, string> | null;
    multiValueHeaders?: Record<string, string[]> | null;
    queryStringParameters?: Record<string, string> | null;
    multiValueQueryStringParameters?: Record<string, string[]> | null;
    pathParameters?: Record<string, string> | null;
    body?: string | null;
    isBase64Encoded?: boolean;
    userArn?: string | null;
  } = {},
) => {
  const { userArn = "arn:aws:iam::123456789012:user/jo", ...rest } = more;
  return {
    resource,
    path: resource,
    httpMethod,
    headers: null,
    multiValueHeaders: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: { requestId: "r-1", stage: "dev", httpMethod, identity: { userArn } },
    body: null,
    isBase64Encoded: false,
    ...rest,
  };
};

const invocation = { awsRequestId: "request-1", functionName: "function-1" };

type Handler = (
  event: unknown,
  context: typeof invocation,
) => Promise<{ statusCode: number; headers?: Record<string, unknown> | undefined; body: string }>;

/** Calls a function behind a REST API. @throws Error when the answer is no JSON */
export const call = async (handler: Handler, request: unknown) => {
  const { statusCode, headers, body } = await handler(request, invocation);
  if (headers?.["content-type"] !== "application/json")
    throw new Error(`headers: ${JSON.stringify(headers)}`);
  return { statusCode, headers, body: JSON.parse(body) };
};

/** Variables of the database, as a function has read them. */
export const databaseSettings = {
  DB_HOST: "db",
  DB_PORT: 5432,
  DB_NAME: "scans",
  DB_SECRET_ARN: "arn:secret",
  LOG_LEVEL: "INFO",
} as const;
