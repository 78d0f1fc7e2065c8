import { TerraformStack, Testing } from "cdktf";
import { RestApi, type RestApiProps } from "../../src/rest-api";
import { only, synthesize } from "./synth";

const scan = { functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:scan", functionName: "scan" };

const props: RestApiProps = {
  name: "scanner",
  routes: {
    "POST /scan": scan,
    "GET /jobs/{job_id}": scan,
    "GET /results": { ...scan, requiredQuery: ["job_id"] },
  },
};

const api = (more: Partial<RestApiProps> = {}) =>
  synthesize((stack) => new RestApi(stack, "api", { ...props, ...more }));

const paths = (resources: ReturnType<typeof api>) =>
  Object.values(resources.aws_api_gateway_resource!).map(({ path_part }) => path_part);

test("each part of a path is one resource, also when several routes share it", () => {
  const routes = { ...props.routes, "DELETE /jobs/{job_id}": scan, "GET /jobs": scan };
  expect(paths(api({ routes })).sort()).toEqual(["jobs", "results", "scan", "{job_id}"]);
});

test("a route has IAM authorization unless it has another", () => {
  const routes = { "POST /scan": scan, "GET /health": { ...scan, authorization: "NONE" as const } };
  const methods = Object.values(api({ routes }).aws_api_gateway_method!);
  expect(methods.map(({ http_method, authorization }) => [http_method, authorization])).toEqual([
    ["GET", "NONE"],
    ["POST", "AWS_IAM"],
  ]);
});

test("path variables and the given query parameters are required", () => {
  const resources = api();
  const required = Object.values(resources.aws_api_gateway_method!).map(
    (method) => method.request_parameters,
  );
  expect(required).toEqual([
    { "method.request.path.job_id": true },
    { "method.request.querystring.job_id": true },
    {},
  ]);
  expect(only(resources, "aws_api_gateway_request_validator").validate_request_parameters).toBe(true);
});

test("the permission on a function allows its own routes only, with a wildcard for each variable", () => {
  const routes = { "GET /jobs/{job_id}": scan, "ANY /files/{path+}": scan };
  const sources = Object.values(api({ routes }).aws_lambda_permission!).map(({ source_arn }) => source_arn);
  expect(sources).toEqual([
    expect.stringMatching(/execution_arn\}\/v1\/\*\/files\/\*$/),
    expect.stringMatching(/execution_arn\}\/v1\/GET\/jobs\/\*$/),
  ]);
});

const snapshotOf = (routes: RestApiProps["routes"]): string => {
  const stack = new TerraformStack(Testing.app(), "test");
  new RestApi(stack, "api", { ...props, routes });
  const { locals } = JSON.parse(Testing.synth(stack)) as { locals: Record<string, string> };
  return Object.values(locals).join();
};

test("every change of a route makes a new deployment", () => {
  const before = snapshotOf({ "POST /scan": scan });
  expect(snapshotOf({ "POST /scan": scan })).toBe(before);
  expect(snapshotOf({ "PUT /scan": scan })).not.toBe(before);
  expect(snapshotOf({ "POST /scan": { ...scan, functionArn: `${scan.functionArn}2` } })).not.toBe(before);
  expect(snapshotOf({ "POST /scan": { ...scan, authorization: "NONE" } })).not.toBe(before);
  expect(snapshotOf({ "POST /scan": { ...scan, requiredQuery: ["a"] } })).not.toBe(before);
  expect(snapshotOf({ "POST /scan": scan, "GET /": scan })).not.toBe(before);
});

test("a custom domain with TLS 1.2 disables the default endpoint", () => {
  const resources = api({
    createDomain: true,
    domainName: "api.example.com",
    certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/1",
  });
  expect(only(resources, "aws_api_gateway_rest_api").disable_execute_api_endpoint).toBe(true);
  expect(only(resources, "aws_api_gateway_domain_name").security_policy).toBe("TLS_1_2");
});

test.each<[Partial<RestApiProps>, string]>([
  [{ name: "a b" }, 'name is "a b"; an API\'s name here has 1 to 48 letters'],
  [{ stageName: "v1.0" }, 'stageName is "v1.0"; a stage name has 1 to 128 letters'],
  [{ routes: {} }, "routes is empty"],
  [{ routes: { "/scan": scan } }, 'routes has "/scan"; a route is a method'],
  [{ routes: { "post /scan": scan } }, 'routes has "post /scan"; a route is a method'],
  [{ routes: { "POST scan": scan } }, 'routes has "POST scan"; a route is a method'],
  [{ routes: { "POST /scan/": scan } }, "no slash at its end."],
  [{ routes: { "GET /a//b": scan } }, 'routes has "GET /a//b"'],
  [{ routes: { "GET /{all+}/b": scan } }, 'routes has "GET /{all+}/b"'],
  [{ routes: { "GET /a?b=c": scan } }, 'routes has "GET /a?b=c"'],
  [{ routes: { "GET /a/b/c/d/e/f": scan } }, "a path here has at most five parts."],
  [
    { routes: { "GET /jobs/{id}": scan, "DELETE /jobs/{job_id}/log": scan } },
    "routes has {id} and {job_id} after /jobs; API Gateway takes one variable after the same path, with one name.",
  ],
  [
    { routes: { "GET /": { ...scan, authorization: "COGNITO" as "NONE" } } },
    'routes["GET /"].authorization is "COGNITO"; allowed are "AWS_IAM", "NONE".',
  ],
  [{ routes: { "GET /": { ...scan, requiredQuery: ["a b"] } } }, 'routes["GET /"].requiredQuery has "a b"'],
  [{ throttlingRateLimit: 0 }, "throttlingRateLimit is 0; it must be at least 1."],
  [{ throttlingBurstLimit: 0 }, "throttlingBurstLimit is 0; it takes whole numbers from 1."],
  [{ logRetentionDays: 8 }, "logRetentionDays is 8; CloudWatch Logs takes"],
  [
    { createDomain: true, domainName: "a.example.com" },
    "certificateArn not given; give both exactly when createDomain is true.",
  ],
])("refuses %j with the value found, the values allowed and the construct's path", (more, message) => {
  expect(() => api(more)).toThrow(message);
  expect(() => api(more)).toThrow("(at test/api)");
});
