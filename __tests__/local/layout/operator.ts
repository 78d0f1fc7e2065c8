import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { CreateFunctionCommand, DeleteFunctionCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { clientConfig } from "../../../scripts/mutation/client-config";
import { projectRoot } from "../../../testing/terraform";
import type { Form } from "./form";

const name = "operator";
const statement = {
  Effect: "Allow",
  Principal: { Service: "lambda.amazonaws.com" },
  Action: "sts:AssumeRole",
};

/** The policy of docs/operate.md. */
const operatorPolicy = (): string => {
  const text = readFileSync(join(projectRoot, "docs", "operate.md"), "utf8");
  const [policy = ""] = [...text.matchAll(/^```json\n(.*?)^```$/gms)]
    .map(([, json = ""]) => json)
    .filter((json) => json.includes('"Version"'));
  return policy;
};

/**
 * Credentials of a role with the policy of docs/operate.md. Local AWS evaluates the roles of functions, so these are those
 * of a function, which returns them.
 */
export async function createOperator({ localAws, lambda }: Form) {
  const iam = new IAMClient(clientConfig(localAws.environment));
  const trust = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
  const policy = { RoleName: name, PolicyName: name };
  await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: operatorPolicy() }));
  const code = "exports.handler = async () => process.env;";
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: Role!.Arn,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
    }),
  );
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: name }));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = JSON.parse(
    Buffer.from(Payload ?? []).toString(),
  ) as Record<string, string>;
  return {
    environment: { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } as Record<string, string>,
    async remove(): Promise<void> {
      await lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
      await iam.send(new DeleteRolePolicyCommand(policy));
      await iam.send(new DeleteRoleCommand({ RoleName: name }));
    },
  };
}
