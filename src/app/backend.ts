import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import * as v from "valibot";
import { lineAt, plain } from "./literal";
import { readLiteralFile } from "./literal-file";
import { SettingsError } from "./problem";
import { describeIssue, flag, list, number, object, optional, pathOf, text } from "./schema";

/** Settings of the local backend: https://developer.hashicorp.com/terraform/language/backend/local */
const local = object({ path: optional(text), workspace_dir: optional(text) });

/**
 * Settings of the S3 backend: https://developer.hashicorp.com/terraform/language/backend/s3. Access keys are left out,
 * because they do not belong in a file beside the code.
 */
const s3 = object({
  bucket: text,
  key: text,
  region: optional(text),
  encrypt: optional(flag),
  kms_key_id: optional(text),
  acl: optional(text),
  use_lockfile: optional(flag),
  dynamodb_table: optional(text),
  workspace_key_prefix: optional(text),
  profile: optional(text),
  shared_config_files: optional(list(text)),
  shared_credentials_files: optional(list(text)),
  assume_role: optional(
    object({
      role_arn: text,
      duration: optional(text),
      external_id: optional(text),
      policy: optional(text),
      policy_arns: optional(list(text)),
      session_name: optional(text),
    }),
  ),
  allowed_account_ids: optional(list(text)),
  forbidden_account_ids: optional(list(text)),
  max_retries: optional(number),
  endpoints: optional(
    object({
      s3: optional(text),
      dynamodb: optional(text),
      iam: optional(text),
      sso: optional(text),
      sts: optional(text),
    }),
  ),
  use_path_style: optional(flag),
  skip_credentials_validation: optional(flag),
  skip_metadata_api_check: optional(flag),
  skip_region_validation: optional(flag),
  skip_requesting_account_id: optional(flag),
  skip_s3_checksum: optional(flag),
});

/**
 * Configures the backend of the stack from a `*.s3.tfbackend` or `*.local.tfbackend` file in `folder`, as Terraform names
 * the files of a partial configuration. Without such a file the state is in `folder`, the default of CDKTF.
 *
 * @throws SettingsError when there are two such files, or a file has a setting that its backend does not have.
 */
export function configureBackend(stack: TerraformStack, folder: string): void {
  const files = readdirSync(folder).filter((file) => file.endsWith(".tfbackend"));
  const [file, second] = files;
  if (file === undefined) return;
  if (second !== undefined) {
    throw new SettingsError([
      `${files.join(" and ")} each configure a backend; a stack has one backend, so remove all files but one`,
    ]);
  }
  if (file.endsWith(".s3.tfbackend")) {
    new S3Backend(stack, read(folder, file, s3));
  } else if (file.endsWith(".local.tfbackend")) {
    const { path, workspaceDir } = read(folder, file, local);
    // Terraform runs in the folder of the synthesized stack, but the path in the file is relative to the file.
    new LocalBackend(stack, {
      path: path && resolve(folder, path),
      workspaceDir: workspaceDir && resolve(folder, workspaceDir),
    });
  } else {
    throw new SettingsError([
      `${file}: the file name does not say which backend it configures; name it *.s3.tfbackend or *.local.tfbackend`,
    ]);
  }
}

/**
 * @param variables the variables that make a stack each
 * @throws SettingsError when a file configures the backend, whose state two stacks would share.
 */
export function refuseSharedBackend(folder: string, variables: readonly string[]): void {
  if (variables.length < 2) return;
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".tfbackend"));
  if (file === undefined) return;
  const last = variables.at(-1);
  throw new SettingsError([
    `${file} configures the state of one stack, and ${variables.join(" and ")} make ${variables.length}; put ${last} into a folder of its own, with a file of its own`,
  ]);
}

function read<Output>(folder: string, file: string, schema: v.GenericSchema<unknown, Output>): Output {
  const members = readLiteralFile(join(folder, file));
  const root = { line: 1, value: members };
  const result = v.safeParse(schema, plain(root));
  if (result.success) return result.output;
  throw new SettingsError(
    result.issues.map((issue) => `${file}:${lineAt(root, pathOf(issue))}: ${describeIssue(issue)}`),
  );
}
