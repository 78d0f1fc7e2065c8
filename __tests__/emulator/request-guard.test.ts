import { checkReadable, httpRequest } from "../../local/http";
import { refusedControl, refusedHost, refusedPage, refusedSignature } from "../../local/request-guard";
import { Accounts, identify } from "../../local/routing";

const scope = "local/20260101/eu-west-1";
const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${scope}/${service}/aws4_request, SignedHeaders=host`,
});
const presigned = (service: string, signature = "&X-Amz-Signature=1") =>
  `X-Amz-Credential=${encodeURIComponent(`${scope}/${service}/aws4_request`)}${signature}`;

describe("Host", () => {
  const isOwnDomain = (name: string) => name === "api.example.com";

  test.each([
    "127.0.0.1",
    "127.0.0.1:4566",
    "localhost:4566",
    "LOCALHOST.",
    "bucket.s3.localhost:80",
    "[::1]:4566",
    "s3.eu-west-1.amazonaws.com",
    "sqs.cn-north-1.amazonaws.com.cn:443",
    "engines-123456789012.eu-west-1.elb.amazonaws.com",
    "api.example.com:4566",
    "API.example.com",
  ])("%s is this machine's, AWS's or an own one", (host) => {
    expect(refusedHost(host, isOwnDomain)).toBeUndefined();
  });

  test.each([
    undefined,
    "",
    "evil.example:4566",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evillocalhost",
    "evilamazonaws.com",
    "amazonaws.com.evil.example",
    "evil.example/.localhost",
    "127.0.0.1:4566@evil.example",
    "127.0.0.2",
    "0.0.0.0:4566",
    "[::ffff:127.0.0.1]",
    "abc.execute-api.evil.example",
    "a.api.example.com",
    "127.0.0.1\nevil.example",
  ])("%j is anybody's", (host) => {
    expect(refusedHost(host, isOwnDomain)).toContain(`"Host: ${host ?? ""}"`);
  });
});

describe("web page", () => {
  test.each([
    [{ origin: "http://evil.example" }, "Origin: http://evil.example"],
    [{ origin: "null" }, "Origin: null"],
    [{ origin: "http://127.0.0.1:4566" }, "Origin: http://127.0.0.1:4566"],
    [{ "sec-fetch-site": "cross-site" }, "Sec-Fetch-Site: cross-site"],
    [{ "sec-fetch-site": "same-site" }, "Sec-Fetch-Site: same-site"],
    [{ "sec-fetch-site": "same-origin" }, "Sec-Fetch-Site: same-origin"],
    [{ referer: "http://evil.example/" }, "Referer: http://evil.example/"],
  ])("%j is refused by name", (headers, named) => {
    expect(refusedPage(httpRequest("GET", "/", { ...signed("ecs"), ...headers }))).toContain(`"${named}"`);
  });

  test("is refused for OPTIONS of any sender", () => {
    expect(refusedPage(httpRequest("OPTIONS", "/", signed("ecs")))).toContain("OPTIONS");
  });

  test.each<Record<string, string>>([
    {},
    { "sec-fetch-site": "none" },
    { "sec-fetch-mode": "cors", "user-agent": "node" },
  ])("%j is a program's", (headers) => {
    expect(refusedPage(httpRequest("POST", "/", headers))).toBeUndefined();
  });

  test("shortens a long header in the reason", () => {
    const origin = `http://${"e".repeat(10_000)}.example`;
    expect(refusedPage(httpRequest("GET", "/", { origin }))?.length).toBeLessThan(600);
  });
});

describe("signature", () => {
  const invocation = "/2015-03-31/functions/start/invocations";

  test.each([
    ["POST", "/", signed("ecs")],
    ["GET", "/bucket/key", signed("s3")],
    ["DELETE", "/2015-03-31/functions/start", signed("lambda")],
    ["GET", `/b/k?${presigned("s3")}`, {}],
    ["HEAD", `/b/k?${presigned("s3")}`, {}],
    ["PUT", `/b/k?${presigned("s3")}`, {}],
    ["POST", `${invocation}?${presigned("lambda")}`, {}],
    ["GET", `/?Action=GetCallerIdentity&Version=2011-06-15&${presigned("sts")}`, {}],
    ["GET", "/b/k?AWSAccessKeyId=local&Signature=1&Expires=1", {}],
    ["PUT", "/b/k?AWSAccessKeyId=local&Signature=1&Expires=1", {}],
    ["GET", "/bucket", { authorization: "AWS local:c2lnbmF0dXJl" }],
  ])("%s %s with %j is taken", (method, url, headers) => {
    expect(refusedSignature(httpRequest(method, url, headers))).toBeUndefined();
  });

  test.each([
    ["POST", "/", {}],
    ["GET", "/", {}],
    ["POST", "/moto-api/reset", {}],
    ["POST", "/", { authorization: "Bearer token" }],
    ["POST", "/", { authorization: "AWS4-HMAC-SHA256 Credential=local" }],
    ["POST", `${invocation}?${presigned("lambda", "")}`, {}],
    ["POST", `${invocation}?${presigned("lambda", "&X-Amz-Signature=")}`, {}],
    ["POST", `${invocation}?${presigned("lambda", "&Signature=1&Expires=1")}`, {}],
    ["POST", `/?Action=RunTask&${presigned("ecs", "")}`, {}],
    ["GET", `/b/k?${presigned("s3", "")}`, {}],
    ["PUT", "/b/k?AWSAccessKeyId=local&Expires=1", {}],
    ["POST", "/?X-Amz-Signature=1", {}],
    // A page can write any query.
    ["GET", `/b/k?${presigned("s3")}`, { "sec-fetch-site": "cross-site" }],
  ])("%s %s with %j is no signed request", (method, url, headers) => {
    expect(refusedSignature(httpRequest(method, url, headers))).toMatch(/^it has no signature/);
  });

  test.each(["GET", "HEAD"])("is refused in a link that changes something by %s", (method) => {
    const refused = (query: string) => refusedSignature(httpRequest(method, `/?${query}`, {}));
    expect(refused(`Action=DeleteRole&${presigned("iam")}`)).toMatch(/a link to one may come from anybody/);
    expect(refused(`Action=AssumeRole&${presigned("sts")}`)).toMatch(/sts takes an Authorization header/);
  });
});

test.each([
  ["POST", {}, true],
  ["PUT", { "content-type": "text/plain;charset=UTF-8" }, true],
  ["POST", { "content-type": "text/plain; application/json" }, true],
  ["POST", { "content-type": "application/json; charset=utf-8" }, false],
  ["PUT", { "content-type": "application/json" }, false],
  ["GET", {}, false],
])("control: %s with %j is refused: %s", (method, headers, isRefused) => {
  expect(refusedControl(httpRequest(method, "/_local/clock", headers)) !== undefined).toBe(isRefused);
});

test("ignores the credential in the query of a page's request, also at the user's own API", () => {
  const url = `/restapis/a/v1/_user_request_/start?${presigned("execute-api")}`;
  const service = (headers: Record<string, string>) =>
    identify(httpRequest("POST", url, headers), new Accounts()).service;
  expect(service({})).toBe("execute-api");
  expect(service({ origin: "http://evil.example" })).toBe("");
  expect(service({ origin: "http://my.example", ...signed("execute-api") })).toBe("execute-api");
});

describe("an unreadable request", () => {
  const target = { "x-amz-target": "AmazonSQS.ReceiveMessage" };

  test.each(["null", "[]", "1", '"a"', "{", "true"])("the body %s of a JSON service", (body) => {
    const serialization = expect.objectContaining({ code: "SerializationException", status: 400 });
    expect(() => checkReadable("sqs", httpRequest("POST", "/", target, body))).toThrow(serialization);
    expect(() => checkReadable("lambda", httpRequest("POST", "/2015-03-31/functions", {}, body))).toThrow(
      serialization,
    );
  });

  test.each([
    ["sqs", httpRequest("POST", "/", target, "{}")],
    ["sqs", httpRequest("POST", "/", target)],
    ["lambda", httpRequest("POST", "/2015-03-31/functions/start/invocations", {}, "null")],
    ["s3", httpRequest("PUT", "/bucket/key", {}, "null")],
    ["sts", httpRequest("POST", "/", {}, "Action=GetCallerIdentity")],
    ["monitoring", httpRequest("POST", "/", { ...target, "content-encoding": "gzip" }, "\u001f\u008b")],
  ])("is not what %s takes in request %#", (service, request) => {
    expect(() => checkReadable(service, request)).not.toThrow();
  });

  test.each(["/%zz", "/%", "/a/%e0%a4%a", "http://127.0.0.1/", "*"])("the path %s", (path) => {
    expect(() => checkReadable("s3", httpRequest("GET", path, {}))).toThrow(
      expect.objectContaining({ code: "InvalidURI", status: 400 }),
    );
  });
});
