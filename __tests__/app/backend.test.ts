import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { configureBackend } from "../../src/app/backend";
import { folderWith } from "./folder";

function backendOf(files: Readonly<Record<string, string>>): { folder: string; backend: unknown } {
  const folder = folderWith(files);
  const stack = new TerraformStack(new App(), "stack");
  configureBackend(stack, folder);
  stack.prepareStack();
  return { folder, backend: stack.toTerraform().terraform.backend };
}

test("is local without a file", () => {
  expect(backendOf({}).backend).toEqual({
    local: { path: expect.stringMatching(/terraform\.stack\.tfstate$/) },
  });
});

test("is S3 with a file of Terraform's partial configuration", () => {
  const { backend } = backendOf({
    "state.s3.tfbackend": `
      bucket       = "my-states"
      key          = "engines.tfstate"
      region       = "eu-west-1"
      encrypt      = true
      use_lockfile = true
      skip_s3_checksum = false
      assume_role  = { role_arn = "arn:aws:iam::123456789012:role/state", session_name = "ci" }
    `,
  });
  expect(backend).toEqual({
    s3: {
      bucket: "my-states",
      key: "engines.tfstate",
      region: "eu-west-1",
      encrypt: true,
      use_lockfile: true,
      skip_s3_checksum: false,
      assume_role: { role_arn: "arn:aws:iam::123456789012:role/state", session_name: "ci" },
    },
  });
});

test("resolves a local path relative to the file", () => {
  const { folder, backend } = backendOf({ "x.local.tfbackend": 'path = "states/engines.tfstate"' });
  expect(backend).toEqual({ local: { path: join(folder, "states/engines.tfstate") } });
});

test.each([
  [
    "an unknown name",
    { "x.s3.tfbackend": 'bucket = "b"\nkey = "k"\nbuckets = "c"' },
    /^x\.s3\.tfbackend:3: buckets is not known; did you mean "bucket"\? Allowed here: acl, /,
  ],
  ["a missing name", { "x.s3.tfbackend": 'bucket = "b"' }, /^x\.s3\.tfbackend:1: key is missing$/],
  [
    "a wrong type",
    { "x.s3.tfbackend": 'bucket = "b"\nkey = "k"\nencrypt = "perhaps"' },
    /^x\.s3\.tfbackend:3: encrypt is "perhaps"; allowed: true or false$/,
  ],
  [
    "an expression",
    { "x.local.tfbackend": "path = var.path" },
    /^x\.local\.tfbackend:1: .*expressions are not allowed$/,
  ],
  [
    "two files",
    { "a.s3.tfbackend": "", "b.local.tfbackend": "" },
    /^a\.s3\.tfbackend and b\.local\.tfbackend each configure a backend/,
  ],
  [
    "another backend",
    { "x.gcs.tfbackend": "" },
    /^x\.gcs\.tfbackend: .*\*\.s3\.tfbackend or \*\.local\.tfbackend$/,
  ],
])("refuses %s", (_, files, message) => {
  expect(() => backendOf(files)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message) }),
  );
});
