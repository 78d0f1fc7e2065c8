import { AwsError } from "../../local/aws-error";
import { VirtualClock } from "../../local/clock";
import { type HttpResponse, httpRequest, jsonResponse } from "../../local/http";
import type { Outcome } from "../../local/lambda/types";
import { RestApis } from "../../local/rest-api";
import { Accounts, identify } from "../../local/routing";

const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:start";
const BASE = "/restapis/abc123/prod/_user_request_";
const signed = (service = "execute-api") => ({
  authorization: `AWS4-HMAC-SHA256 Credential=key/20260101/eu-west-1/${service}/aws4_request, x`,
});

const lambda = {
  type: "AWS_PROXY",
  uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
};
const open = { authorizationType: "NONE", methodIntegration: lambda };
const returned = (payload: unknown): Outcome => ({
  payload: JSON.stringify(payload),
  failed: false,
  logTail: "",
});

interface Deployed {
  resources?: Record<string, Record<string, object>>;
  api?: object;
  stage?: object;
}

/** One deployed API; `invoke` is its function. */
async function world(
  { api, resources = { "/launch": { POST: open } }, stage }: Deployed = {},
  invoke: (event: Record<string, unknown>) => Promise<Outcome> | Outcome = () =>
    returned({ statusCode: 200 }),
) {
  const clock = new VirtualClock(new Date("2026-01-02T03:04:05Z"));
  const invoked: { functionArn: string; event: Record<string, unknown>; sourceArn: string }[] = [];
  const asked: unknown[] = [];
  const live = { resources };
  const gets: Record<string, () => object> = {
    "/restapis/abc123": () => ({ id: "abc123", ...api }),
    "/restapis/abc123/stages/prod": () => ({ deploymentId: "d1", ...stage }),
    "/restapis/abc123/requestvalidators/v1": () => ({ validateRequestParameters: true }),
    "/domainnames/api.example.com/basepathmappings": () => ({
      item: [
        { basePath: "v1", restApiId: "abc123", stage: "prod" },
        { basePath: "v1/old", restApiId: "other", stage: "prod" },
      ],
    }),
    "/restapis/abc123/resources": () => ({
      item: Object.entries(live.resources).map(([path, resourceMethods], index) => ({
        id: `r${index}`,
        path,
        resourceMethods,
      })),
    }),
  };
  const apis = new RestApis({
    accounts: new Accounts(),
    authorization: {
      check: async (call, permissions) => {
        const [permission] = await permissions();
        asked.push(permission);
        if (call.request.headers["x-denied"])
          throw new AwsError("AccessDeniedException", "User: x is not authorized");
      },
    },
    clock,
    upstream: {
      send: async ({ request }) => {
        if (request.method !== "GET")
          return jsonResponse({ id: request.path.endsWith("deployments") ? "d1" : "abc123" });
        const found = gets[request.path];
        return found
          ? jsonResponse(found())
          : jsonResponse({ __type: "NotFoundException", message: "no" }, 404);
      },
    },
    invoke: async (functionArn, event, sourceArn) => {
      const parsed = JSON.parse(event) as Record<string, unknown>;
      invoked.push({ functionArn, event: parsed, sourceArn });
      return invoke(parsed);
    },
    log: () => {},
  });
  const control = (method: string, path: string, input: object = {}) =>
    apis.handle(
      identify(httpRequest(method, path, signed("apigateway"), JSON.stringify(input)), new Accounts()),
    );
  await control("POST", "/restapis");
  await control("POST", "/restapis/abc123/deployments");
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body: string | Buffer = "",
    raw?: [string, string][],
  ): Promise<HttpResponse & { text: string }> => {
    const response = await apis.serve(httpRequest(method, path, headers, body, raw));
    if (!response) throw new Error("the request is not for an API");
    return { ...response, text: response.body.toString() };
  };
  return { apis, asked, clock, control, invoked, live, send };
}

const errorOf = ({ status, text }: { status: number; text: string }) => [status, JSON.parse(text)];
const NO_TOKEN = [403, { message: "Missing Authentication Token" }];

describe("a function", () => {
  test("receives the request, and its result is the response", async () => {
    const { invoked, send } = await world(
      { resources: { "/services/{name}": { ANY: open } }, stage: { variables: { colour: "blue" } } },
      () =>
        returned({
          statusCode: 201,
          headers: { "X-Task": 7 },
          multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] },
          body: "made",
        }),
    );
    const response = await send(
      "PUT",
      `${BASE}/services/auth%20x?a=1&a=2&b=`,
      { "content-type": "application/json", "x-two": "1, 2" },
      '{"x":1}',
      [
        ["Content-Type", "application/json"],
        ["X-Two", "1"],
        ["X-Two", "2"],
      ],
    );
    expect(response).toMatchObject({
      status: 201,
      headers: { "x-task": "7", "x-amzn-requestid": expect.any(String) },
      repeatedHeaders: { "set-cookie": ["a=1", "b=2"] },
      text: "made",
    });
    expect(invoked).toEqual([
      {
        functionArn: FUNCTION_ARN,
        sourceArn: "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/PUT/services/{name}",
        event: {
          resource: "/services/{name}",
          path: "/services/auth%20x",
          httpMethod: "PUT",
          headers: { "Content-Type": "application/json", "X-Two": "2" },
          multiValueHeaders: { "Content-Type": ["application/json"], "X-Two": ["1", "2"] },
          queryStringParameters: { a: "2", b: "" },
          multiValueQueryStringParameters: { a: ["1", "2"], b: [""] },
          pathParameters: { name: "auth%20x" },
          stageVariables: { colour: "blue" },
          requestContext: expect.objectContaining({
            accountId: "123456789012",
            apiId: "abc123",
            httpMethod: "PUT",
            path: "/prod/services/auth%20x",
            requestId: response.headers["x-amzn-requestid"],
            requestTime: "02/Jan/2026:03:04:05 +0000",
            resourcePath: "/services/{name}",
            stage: "prod",
          }),
          body: '{"x":1}',
          isBase64Encoded: false,
        },
      },
    ]);
  });

  test("receives nulls for an empty request", async () => {
    const { invoked, send } = await world();
    await send("POST", `${BASE}/launch`);
    expect(invoked[0]?.event).toMatchObject({
      headers: null,
      queryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      body: null,
    });
  });

  test("is reached by the host name of the API, too", async () => {
    const { apis, send } = await world();
    const host = "abc123.execute-api.eu-west-1.amazonaws.com:4566";
    expect(await send("POST", "/prod/launch", { host })).toMatchObject({ status: 200 });
    expect(await apis.serve(httpRequest("POST", "/prod/launch", { host: "127.0.0.1" }))).toBeUndefined();
  });

  test("is reached by a custom domain name, and only by it when the default endpoint is disabled", async () => {
    const { control, invoked, send } = await world({ api: { disableExecuteApiEndpoint: true } });
    const host = "API.example.com:4566";
    await control("POST", "/domainnames", { domainName: "api.example.com" });
    expect(await send("POST", "/v1/launch", { host })).toMatchObject({ status: 200 });
    expect(invoked[0]?.event).toMatchObject({
      path: "/v1/launch",
      requestContext: {
        path: "/v1/launch",
        stage: "prod",
        domainName: "api.example.com",
        domainPrefix: "api",
      },
    });
    for (const path of ["/v1/old/launch", "/launch", "/v11/launch"]) {
      expect(await send("POST", path, { host })).toMatchObject({ status: 403 });
    }
    expect(await send("POST", `${BASE}/launch`)).toMatchObject({ status: 403 });
  });

  test("receives and returns binary content when the API names its type", async () => {
    const bytes = Buffer.from([0, 255, 1]);
    const { invoked, send } = await world({ api: { binaryMediaTypes: ["image/png"] } }, () =>
      returned({ body: bytes.toString("base64"), isBase64Encoded: true }),
    );
    const { body } = await send(
      "POST",
      `${BASE}/launch`,
      { "content-type": "image/png", accept: "image/png" },
      bytes,
    );
    expect(invoked[0]?.event).toMatchObject({ body: bytes.toString("base64"), isBase64Encoded: true });
    expect(body).toEqual(bytes);
    const { text } = await send("POST", `${BASE}/launch`, { accept: "text/plain" });
    expect(text).toBe(bytes.toString("base64"));
  });

  test.each<[string, Outcome]>([
    ["throws", { payload: '{"errorType":"Error"}', failed: true, logTail: "" }],
    ["returns text", returned("x")],
    ["returns nothing", returned(null)],
    ["returns a status that is none", returned({ statusCode: "x" })],
    ["returns a body that is no text", returned({ statusCode: 200, body: { a: 1 } })],
    ["returns headers that are none", returned({ statusCode: 200, headers: { a: {} } })],
  ])("that %s is a bad gateway", async (_what, outcome) => {
    const { send } = await world({}, () => outcome);
    expect(errorOf(await send("POST", `${BASE}/launch`))).toEqual([
      502,
      { message: "Internal server error" },
    ]);
  });

  test("returns an error of the API when the API has no permission to invoke it", async () => {
    const { send } = await world({}, () =>
      Promise.reject(new AwsError("AccessDeniedException", "no permission")),
    );
    expect(errorOf(await send("POST", `${BASE}/launch`))).toEqual([
      500,
      { message: "Internal server error" },
    ]);
  });

  test.each([
    [undefined, 29_000],
    [5000, 5000],
  ])(
    "that takes longer than the integration's %s ms is waited for no more",
    async (timeoutInMillis, limit) => {
      const slow = { ...open, methodIntegration: { ...lambda, timeoutInMillis } };
      const { clock, send } = await world(
        { resources: { "/launch": { POST: slow } } },
        () => new Promise(() => {}),
      );
      let answer: unknown;
      void send("POST", `${BASE}/launch`).then((response) => {
        answer = errorOf(response);
      });
      await clock.advance(limit - 1);
      expect(answer).toBeUndefined();
      await clock.advance(1);
      expect(answer).toEqual([504, { message: "Endpoint request timed out" }]);
    },
  );
});

describe("a path", () => {
  const resources = Object.fromEntries(
    ["/", "/a", "/a/{id}", "/a/b", "/a/{id}/c", "/{proxy+}", "/a/{id}/{rest+}"].map((path) => [
      path,
      { GET: open },
    ]),
  );

  test.each([
    ["", "/", null],
    ["/", "/", null],
    ["/a", "/a", null],
    ["/a/b", "/a/b", null],
    ["/a/7", "/a/{id}", { id: "7" }],
    ["/a/7/c", "/a/{id}/c", { id: "7" }],
    ["/a/7/d/e", "/a/{id}/{rest+}", { id: "7", rest: "d/e" }],
    ["/x/y", "/{proxy+}", { proxy: "x/y" }],
  ])("%s", async (path, resource, pathParameters) => {
    const { invoked, send } = await world({ resources });
    await send("GET", BASE + path);
    expect(invoked[0]?.event).toMatchObject({ resource, pathParameters });
  });

  test.each([
    ["a path that is not there", "POST", `${BASE}/other`, NO_TOKEN],
    ["a method that is not there", "GET", `${BASE}/launch`, NO_TOKEN],
    [
      "a stage that is not there",
      "POST",
      "/restapis/abc123/test/_user_request_/launch",
      [403, { message: "Forbidden" }],
    ],
    [
      "an API that is not there",
      "POST",
      "/restapis/other/prod/_user_request_/launch",
      [403, { message: "Forbidden" }],
    ],
  ])("%s", async (_what, method, path, expected) => {
    const { send } = await world();
    expect(errorOf(await send(method, path))).toEqual(expected);
  });

  test("reaches the deployed resources, not later changes", async () => {
    const { control, live, send } = await world();
    live.resources = { "/launch": { POST: open }, "/new": { POST: open } };
    expect(await send("POST", `${BASE}/new`)).toMatchObject({ status: 403 });
    await control("POST", "/restapis/abc123/deployments");
    expect(await send("POST", `${BASE}/new`)).toMatchObject({ status: 200 });
  });

  test("reaches nothing when the endpoint is disabled", async () => {
    const { send } = await world({ api: { disableExecuteApiEndpoint: true } });
    expect(await send("POST", `${BASE}/launch`)).toMatchObject({ status: 403 });
  });
});

describe("authorization", () => {
  const iam = { resources: { "/launch/{name}": { POST: { ...open, authorizationType: "AWS_IAM" } } } };

  test.each([
    ["without a signature", {}],
    ["with the signature of another service", signed("lambda")],
  ])("not one %s", async (_what, headers) => {
    const { invoked, send } = await world(iam);
    expect(errorOf(await send("POST", `${BASE}/launch/a`, headers))).toEqual(NO_TOKEN);
    expect(invoked).toEqual([]);
  });

  test("allows a caller whose policies allow it", async () => {
    const { asked, send } = await world(iam);
    expect(await send("POST", `${BASE}/launch/a`, signed())).toMatchObject({ status: 200 });
    expect(asked).toEqual([
      {
        action: "execute-api:Invoke",
        resource: "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod/POST/launch/a",
      },
    ]);
  });

  test("denies a caller whose policies do not allow it", async () => {
    const { invoked, send } = await world(iam);
    const response = await send("POST", `${BASE}/launch/a`, { ...signed(), "x-denied": "1" });
    expect(errorOf(response)).toEqual([403, { Message: "User: x is not authorized" }]);
    expect(invoked).toEqual([]);
  });

  test("denies all callers of a method with an authorizer", async () => {
    const { send } = await world({
      resources: { "/launch": { POST: { ...open, authorizationType: "CUSTOM" } } },
    });
    expect(await send("POST", `${BASE}/launch`)).toMatchObject({ status: 500 });
  });

  test("throttles above the limits of the stage", async () => {
    const methodSettings = { "*/*": { throttlingBurstLimit: 2, throttlingRateLimit: 1 } };
    const { clock, send } = await world({ stage: { methodSettings } });
    const statuses = async () =>
      (await Promise.all([1, 2, 3].map(() => send("POST", `${BASE}/launch`)))).map(({ status }) => status);
    expect(await statuses()).toEqual([200, 200, 429]);
    await clock.advance(1000);
    expect(await statuses()).toEqual([200, 429, 429]);
  });
});

test("answers 400 when a required parameter is missing", async () => {
  const checked = {
    ...open,
    requestValidatorId: "v1",
    requestParameters: { "method.request.querystring.service": true, "method.request.header.X-Id": true },
  };
  const { send } = await world({ resources: { "/launch": { POST: checked } } });
  expect(errorOf(await send("POST", `${BASE}/launch`))).toEqual([
    400,
    { message: "Missing required request parameters: [service, X-Id]" },
  ]);
  expect(await send("POST", `${BASE}/launch?service=a`, { "x-id": "1" })).toMatchObject({ status: 200 });
});

test("answers a preflight request of a browser by a mock", async () => {
  const methodIntegration = {
    type: "MOCK",
    requestTemplates: { "application/json": '{"statusCode": 204}' },
    integrationResponses: {
      "204": {
        statusCode: "204",
        responseParameters: {
          "method.response.header.Access-Control-Allow-Origin": "'*'",
          "method.response.header.X-Other": "integration.response.header.X",
        },
      },
    },
  };
  const { send } = await world({
    resources: { "/launch": { OPTIONS: { authorizationType: "NONE", methodIntegration } } },
  });
  const response = await send("OPTIONS", `${BASE}/launch`);
  expect(response).toMatchObject({ status: 204, headers: { "access-control-allow-origin": "*" }, text: "" });
  expect(response.headers).not.toHaveProperty("x-other");
});

test("answers with an error of the API for an integration of another kind", async () => {
  const methodIntegration = { type: "HTTP_PROXY", uri: "https://example.com" };
  const { send } = await world({ resources: { "/launch": { POST: { ...open, methodIntegration } } } });
  expect(await send("POST", `${BASE}/launch`)).toMatchObject({ status: 500 });
});

describe("an OpenAPI document", () => {
  const integration = { "x-amazon-apigateway-integration": lambda };
  const security = [{ sigv4: [] }];
  const securitySchemes = {
    sigv4: { "x-amazon-apigateway-authtype": "awsSigv4" },
    token: { "x-amazon-apigateway-authtype": "custom" },
  };

  test.each<[string, object, number]>([
    ["of an operation without security", {}, 200],
    [
      "of an operation with an extension",
      { operation: { "x-amazon-apigateway-auth": { type: "AWS_IAM" } } },
      403,
    ],
    ["of a scheme", { operation: { security }, more: { components: { securitySchemes } } }, 403],
    ["of all", { more: { security, components: { securitySchemes } } }, 403],
    [
      "of an authorizer",
      { operation: { security: [{ token: [] }] }, more: { components: { securitySchemes } } },
      500,
    ],
  ])(
    "says who may call: the security %s",
    async (_what, { operation, more }: { operation?: object; more?: object }, status) => {
      // moto keeps the spelling of the document.
      const imported = { authorizationType: null, methodIntegration: { ...lambda, type: "aws_proxy" } };
      const { control, send } = await world({
        resources: { "/launch": { "X-AMAZON-APIGATEWAY-ANY-METHOD": imported } },
      });
      const paths = { "/launch": { "x-amazon-apigateway-any-method": { ...integration, ...operation } } };
      await control("PUT", "/restapis/abc123", { paths, ...more });
      await control("POST", "/restapis/abc123/deployments");
      expect(await send("POST", `${BASE}/launch`)).toMatchObject({ status });
    },
  );

  test("with an unknown authorization denies all requests", async () => {
    const { send } = await world({
      resources: { "/launch": { POST: { ...open, authorizationType: null } } },
    });
    expect(await send("POST", `${BASE}/launch`)).toMatchObject({ status: 500 });
  });
});
