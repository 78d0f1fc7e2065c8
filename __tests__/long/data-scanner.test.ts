import { createHash } from "node:crypto";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { LocalAws } from "../../local";
import { DataScanner } from "../../src/systems/data-scanner";
import { exampleRoot } from "../../testing/examples";
import { startTestAws } from "../../testing/local-aws";
import { until } from "../../testing/processes";
import { emptyRoot, plan, terraform } from "../../testing/terraform";

/** Applies the example of the data scanner with the real provider, creates a job by its API, and destroys it. */
let localAws: LocalAws;
let folder: string;
let outputs: Record<string, { value: string }>;

// moto's instance loses its security group when it is stopped, which every plan would correct.
const settings = ["-input=false", "-no-color", "-var-file=dev.tfvars", "-var=create_bastion=false"];

beforeAll(async () => {
  localAws = await startTestAws();
  folder = exampleRoot("data-scanner");
  await terraform(folder, ["init", "-input=false"]);
  await terraform(folder, ["apply", "-auto-approve", ...settings], localAws.environment);
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
  };
};

/** The answer of the API to a signed request. */
async function ask(method: "GET" | "POST", path: string, content?: object) {
  const [id] = new URL(outputs.api_url!.value).hostname.split(".");
  const url = new URL(`/restapis/${id}/dev/_user_request_${path}`, config().endpoint);
  const body = content && JSON.stringify(content);
  const signer = new SignatureV4({ ...config(), service: "execute-api", sha256: Sha256 });
  const { headers } = await signer.sign(
    new HttpRequest({
      method,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      headers: {
        host: url.host,
        "x-amz-content-sha256": createHash("sha256")
          .update(body ?? "")
          .digest("hex"),
      },
      ...(body !== undefined && { body }),
    }),
  );
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("the migration has made the tables: a job is created, and its bucket listed", async () => {
  const bucket = outputs.data_bucket_name!.value;
  const s3 = new S3Client({ ...config(), forcePathStyle: true });
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "in/a.txt", Body: "nothing" }));
  const created = await ask("POST", "/scan", { job_name: "first", s3_bucket: bucket, s3_prefix: "in/" });
  expect(created).toMatchObject({ status: 202, body: { status: "pending", duplicate: false } });
  let job: Record<string, unknown> = {};
  await until(async () => {
    job = (await ask("GET", `/jobs/${created.body.job_id}`)).body;
    return job.listing_complete === true;
  });
  expect(job).toMatchObject({ total_objects: 1, s3_bucket: bucket });
  expect(await ask("POST", "/scan", { job_name: "other", s3_bucket: "orders" })).toMatchObject({
    status: 403,
  });
  expect(await ask("GET", "/results")).toMatchObject({ status: 200, body: { findings: [] } });
  expect((await ask("GET", "/openapi.json")).body).toMatchObject({ openapi: "3.1.0" });
}, 120_000);

test("the construct adopts the state of the module, and changes the path of bundles only", async () => {
  const outdir = emptyRoot("adopt-data-scanner");
  const app = new App({ outdir, analyticsReporting: false } as object);
  const stack = new TerraformStack(app, "scanner");
  const path = join(outdir, "terraform.tfstate");
  new LocalBackend(stack, { path });
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  new DataScanner(stack, "scanner", {
    name: "aws-data-scanner",
    network: {
      availabilityZones: ["us-east-1a", "us-east-1b"],
      publicSubnetCidrs: { "us-east-1a": "10.0.1.0/24", "us-east-1b": "10.0.2.0/24" },
      privateSubnetCidrs: { "us-east-1a": "10.0.10.0/24", "us-east-1b": "10.0.11.0/24" },
    },
    image: "ghcr.io/acme/scanner-worker:1.0.0",
    createRepository: true,
    database: { deletionProtection: false, finalSnapshot: false },
    dataBucket: { forceDestroy: true },
  }).adoptFrom("module.scanner");
  app.synth();
  copyFileSync(join(folder, "terraform.tfstate"), path);
  const synthesized = join(outdir, "stacks", "scanner");
  await terraform(synthesized, ["init", "-input=false"]);
  const changes = await plan(synthesized, localAws.environment);
  expect(changes.length).toBeGreaterThan(100);
  for (const { address, change } of changes) {
    const differing = Object.keys(change.after ?? {}).filter(
      (key) => JSON.stringify(change.after![key]) !== JSON.stringify(change.before?.[key]),
    );
    const bundles = address.startsWith("aws_lambda_function.") ? ["filename"] : [];
    expect({ address, actions: change.actions, differing }).toEqual({
      address,
      actions: bundles.length > 0 ? ["update"] : ["no-op"],
      differing: bundles,
    });
  }
}, 300_000);

test("a second plan changes nothing, and everything can be destroyed", async () => {
  expect(await terraform(folder, ["plan", ...settings], localAws.environment)).toContain("No changes");
  expect(await terraform(folder, ["destroy", "-auto-approve", ...settings], localAws.environment)).toContain(
    "Destroy complete",
  );
}, 600_000);
