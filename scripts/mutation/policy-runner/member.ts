import { CreateRoleCommand, CreateUserCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { clientConfig } from "../client-config";
import { memberAccount, memberRole } from "./props";

const document = (statement: object): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

/** Makes the role in the member account that a task assumes, and a user there. Returns the user's ARN. */
export async function makeMember(
  environment: Readonly<Record<string, string>>,
  taskRoleArn: string,
): Promise<string> {
  const config = clientConfig(environment);
  const { Credentials } = await new STSClient(config).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${memberAccount}:role/administrator`,
      RoleSessionName: "mutation",
    }),
  );
  const iam = new IAMClient({
    ...config,
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  });
  await iam.send(
    new CreateRoleCommand({
      RoleName: memberRole,
      AssumeRolePolicyDocument: document({ Action: "sts:AssumeRole", Principal: { AWS: taskRoleArn } }),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: memberRole,
      PolicyName: "users",
      PolicyDocument: document({ Action: ["iam:Get*", "iam:List*"], Resource: "*" }),
    }),
  );
  const { User } = await iam.send(new CreateUserCommand({ UserName: "user-abroad" }));
  return User!.Arn!;
}
