import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { LocalAws } from "../../local";
import { exampleRoot } from "../../testing/examples";
import { startTestAws } from "../../testing/local-aws";
import { until } from "../../testing/processes";
import { terraform } from "../../testing/terraform";

/** Applies the example of the data scanner with the real provider, creates a job, and destroys it. */
let localAws: LocalAws;
let folder: string;
let outputs: Record<string, { value: string }>;

beforeAll(async () => {
  localAws = await startTestAws();
  folder = exampleRoot("data-scanner");
  await terraform(folder, ["init", "-input=false"]);
  await terraform(
    folder,
    ["apply", "-auto-approve", "-input=false", "-no-color", "-var-file=dev.tfvars"],
    localAws.environment,
  );
  outputs = JSON.parse(await terraform(folder, ["output", "-json"], localAws.environment));
}, 600_000);

afterAll(() => localAws?.stop());

const config = () => {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } =
    localAws.environment as Record<string, string>;
  return {
    endpoint: AWS_ENDPOINT_URL!,
    region: AWS_REGION!,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
    forcePathStyle: true,
  };
};

/** The answer of a function to a request, as API Gateway passes it. */
async function answer(name: string, event: object): Promise<{ statusCode: number; body: string }> {
  const lambda = new LambdaClient(config());
  const { Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: `aws-data-scanner-${name}-dev`, Payload: JSON.stringify(event) }),
  );
  return JSON.parse(Buffer.from(Payload!).toString());
}

const requestContext = { identity: { userArn: "arn:aws:iam::123456789012:user/test" } };

test("the migration has made the tables: a job is created and its bucket listed", async () => {
  const bucket = outputs.data_bucket_name!.value;
  await new S3Client(config()).send(
    new PutObjectCommand({ Bucket: bucket, Key: "in/a.txt", Body: "nothing" }),
  );
  const created = await answer("scan", {
    httpMethod: "POST",
    resource: "/scan",
    path: "/scan",
    headers: {},
    queryStringParameters: null,
    pathParameters: null,
    body: JSON.stringify({ job_name: "first", s3_bucket: bucket, s3_prefix: "in/" }),
    isBase64Encoded: false,
    requestContext,
  });
  expect(created).toMatchObject({ statusCode: 202, body: expect.anything() });
  const { job_id } = JSON.parse(created.body);
  let job: Record<string, unknown> = {};
  await until(async () => {
    const { body } = await answer("jobs", {
      httpMethod: "GET",
      resource: "/jobs/{job_id}",
      path: `/jobs/${job_id}`,
      headers: {},
      queryStringParameters: null,
      pathParameters: { job_id },
      body: null,
      isBase64Encoded: false,
      requestContext,
    });
    job = JSON.parse(body);
    return job.listing_complete === true;
  });
  expect(job).toMatchObject({ total_objects: 1, s3_bucket: bucket });
}, 120_000);

test("a second plan changes nothing, and everything can be destroyed", async () => {
  const arguments_ = ["-input=false", "-no-color", "-var-file=dev.tfvars"];
  expect(await terraform(folder, ["plan", ...arguments_], localAws.environment)).toContain("No changes");
  expect(
    await terraform(folder, ["destroy", "-auto-approve", ...arguments_], localAws.environment),
  ).toContain("Destroy complete");
}, 600_000);
