import { Readable } from "node:stream";
import { createReadSecret } from "../../../handlers/shared/secret";
import { createReadCredentials } from "../../../scan-database";

const readerOf = (status: number, body: string) => {
  const requests: { headers: Record<string, string>; body: string }[] = [];
  const requestHandler = {
    handle: async (request: (typeof requests)[number]) => {
      requests.push(request);
      return { response: { statusCode: status, headers: {}, body: Readable.from([Buffer.from(body)]) } };
    },
  };
  const readSecret = createReadSecret({
    region: "eu-west-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    requestHandler: requestHandler as never,
    sleep: async () => {},
  });
  return { readSecret, requests };
};

test("reads the text of a secret", async () => {
  const { readSecret, requests } = readerOf(200, JSON.stringify({ Name: "db", SecretString: "text" }));
  expect(await readSecret("arn:secret")).toBe("text");
  expect(requests).toMatchObject([
    {
      hostname: "secretsmanager.eu-west-1.amazonaws.com",
      headers: { "x-amz-target": "secretsmanager.GetSecretValue" },
      body: '{"SecretId":"arn:secret"}',
    },
  ]);
});

test("names the error of Secrets Manager", async () => {
  const { readSecret } = readerOf(400, '{"__type":"AccessDeniedException","Message":"no"}');
  await expect(readSecret("arn:secret")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: "arn:secret: Secrets Manager answered 400: AccessDeniedException",
  });
});

test.each([
  ["a secret in bytes", JSON.stringify({ SecretBinary: "aHVudGVyMg==" })],
  ["an answer that is no JSON", "hunter2"],
])("refuses %s without a word of it", async (_what, body) => {
  const error = await readerOf(200, body)
    .readSecret("arn:secret")
    .catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: "MalformedSecret" });
  expect(String(error)).not.toMatch(/hunter2|aHVudGVyMg/);
});

test.each([['"hunter2"'], ["hunter2"], ['{"username":"hunter2"}']])(
  "credentials that are none are refused without a word of them: %s",
  async (secret) => {
    const error = await createReadCredentials(async () => secret, "arn:secret")().catch(
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ name: "MalformedSecret" });
    expect(String(error)).not.toContain("hunter2");
  },
);
