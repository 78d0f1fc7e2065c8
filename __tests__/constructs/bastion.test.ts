import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Bastion, type BastionProps } from "../../src/bastion";
import { Database } from "../../src/database";
import { evaluate } from "../local/permissions";
import { resolvedPolicy } from "./role-policies";
import { only, synthesize } from "./synth";

const props: BastionProps = {
  name: "scanner",
  vpcId: "vpc-1",
  subnetId: "subnet-a",
  targets: { database: { address: "db.example.com", securityGroupId: "sg-database" } },
};

const bastion = (more: Partial<BastionProps> = {}) =>
  synthesize((stack) => new Bastion(stack, "bastion", { ...props, ...more }));

test("allows no incoming traffic, and is stopped until it is needed", () => {
  const made = bastion();
  expect(made).not.toHaveProperty("aws_vpc_security_group_ingress_rule");
  expect(only(made, "aws_security_group")).not.toHaveProperty("ingress");
  expect(only(made, "aws_instance")).not.toHaveProperty("key_name");
  expect(only(made, "aws_ec2_instance_state")).toMatchObject({ state: "stopped" });
  expect(only(bastion({ running: true }), "aws_ec2_instance_state")).toMatchObject({ state: "running" });
});

test("is not replaced for a new image or for a public address that it lost when it stopped", () => {
  expect(only(bastion({ assignPublicIp: true }), "aws_instance")).toMatchObject({
    associate_public_ip_address: true,
    lifecycle: { ignore_changes: ["ami", "associate_public_ip_address"] },
  });
});

/** The outputs of a stack with a bastion, and what is in its state. */
function outputs(more: Partial<BastionProps> = {}) {
  const stack = new TerraformStack(Testing.app(), "test");
  const { commands, sessionPolicyJson } = new Bastion(stack, "bastion", { ...props, ...more });
  for (const [name, value] of Object.entries(commands)) new TerraformOutput(stack, name, { value });
  new TerraformOutput(stack, "policy", { value: sessionPolicyJson });
  const { output, data } = JSON.parse(Testing.synth(stack)) as {
    output: Record<string, { value: string }>;
    data: Record<string, Record<string, { name: string }>>;
  };
  const image = Object.values(data.aws_ssm_parameter!).map(({ name }) => name.split("default-")[1]);
  return { command: (name: string) => output[name]!.value, policy: output.policy!.value, image };
}

test("has a command for each target, which names host and ports as text", () => {
  const { command } = outputs({
    targets: {
      database: { address: "db.example.com", securityGroupId: "sg-database" },
      reader: { address: "reader.example.com", securityGroupId: "sg-reader", port: 6432, localPort: 15432 },
    },
  });
  expect(command("database")).toMatch(
    /--target \$\{aws_instance\.\S+\.id\} --document-name AWS-StartPortForwardingSessionToRemoteHost --parameters '\{"host":\["db\.example\.com"\],"localPortNumber":\["5432"\],"portNumber":\["5432"\]\}'$/,
  );
  expect(command("reader")).toContain('"localPortNumber":["15432"],"portNumber":["6432"]');
});

test.each([
  ["t4g.nano", "arm64"],
  ["im4gn.large", "arm64"],
  ["a1.medium", "arm64"],
  ["t3.nano", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
  ["c7a.large", "x86_64"],
])("runs %s with an image for %s", (instanceType, architecture) => {
  expect(outputs({ instanceType }).image).toEqual([architecture]);
});

test("Terraform chooses the image when only it knows the type", () => {
  const resources = synthesize((stack) => {
    const instanceType = new TerraformVariable(stack, "type", { type: "string" }).stringValue;
    new Bastion(stack, "bastion", { ...props, instanceType });
  });
  expect(only(resources, "aws_instance").instance_type).toBe("${var.type}");
});

describe("as evaluated by IAM, the policy to use it", () => {
  const instance = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";
  const document = "arn:aws:ssm:eu-west-1::document/AWS-StartPortForwardingSessionToRemoteHost";
  const text = outputs()
    .policy.replace(/\$\{trimprefix\(trimsuffix\(jsonencode\(aws_instance[^}]*\}/g, instance)
    // Terraform's escape of the variable.
    .replaceAll("$${", "${");
  const user = () => ({
    roleArn: "arn:aws:iam::123456789012:role/oncall",
    documents: [{ name: "session", policy: resolvedPolicy({}, text) }],
  });

  test("allows to forward ports of this instance, and no shell", async () => {
    expect(await evaluate(user(), "ssm:StartSession", instance, {})).toBe("Allowed");
    // The evaluator knows no ARN of a document of AWS, which has no account.
    const { Statement } = user().documents[0]!.policy as { Statement: object[] };
    expect(Statement[0]).toMatchObject({
      Resource: [instance, document],
      Condition: { BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" } },
    });
    const other = instance.replace("i-1", "i-2");
    expect(await evaluate(user(), "ssm:StartSession", other, {})).toBe("ImplicitlyDenied");
  });

  test("allows to start and stop this instance, and to end one's own sessions", async () => {
    expect(await evaluate(user(), "ec2:StartInstances", instance, {})).toBe("Allowed");
    expect(await evaluate(user(), "ec2:TerminateInstances", instance, {})).toBe("ImplicitlyDenied");
    const session = "arn:aws:ssm:eu-west-1:123456789012:session/AROAEXAMPLE:me-0123";
    const asMe = { "aws:userid": "AROAEXAMPLE:me" };
    expect(await evaluate(user(), "ssm:TerminateSession", session, asMe)).toBe("Allowed");
    const asOther = { "aws:userid": "AROAEXAMPLE:other" };
    expect(await evaluate(user(), "ssm:TerminateSession", session, asOther)).toBe("ImplicitlyDenied");
  });
});

test("opens a database to itself only, without a cycle", () => {
  const made = synthesize((stack) => {
    const database = new Database(stack, "database", {
      name: "scanner",
      vpcId: "vpc-1",
      subnetIds: ["subnet-a", "subnet-b"],
    });
    const { address, port, securityGroupId } = database;
    const bastion = new Bastion(stack, "bastion", {
      ...props,
      targets: { database: { address, port, securityGroupId } },
    });
    database.allowFrom("bastion", bastion.securityGroupId);
  });
  const { referenced_security_group_id } = only(made, "aws_vpc_security_group_ingress_rule");
  expect(referenced_security_group_id).toMatch(/^\$\{aws_security_group\.bastion_/);
});

test.each<[Partial<BastionProps>, string]>([
  [{ name: "a b" }, 'name is "a b"; a bastion\'s name here has 1 to 56'],
  [{ name: "a".repeat(57) }, "a bastion's name here has 1 to 56"],
  [{ instanceType: "db" }, 'instanceType is "db"; it takes a type of EC2, such as "t4g.nano".'],
  [{ targets: {} }, "targets is empty; without a target the bastion is of no use."],
  [
    { targets: { database: { address: "db.example.com:5432", securityGroupId: "sg-1" } } },
    'targets.database.address is "db.example.com:5432"; an address is a host name',
  ],
  [
    { targets: { database: { address: "db", securityGroupId: "sg-1", port: 0 } } },
    "targets.database.port is 0; it takes whole numbers from 1 to 65535.",
  ],
  [
    { targets: { database: { address: "db", securityGroupId: "sg-1", localPort: 65536 } } },
    "targets.database.localPort is 65536; it takes whole numbers from 1 to 65535.",
  ],
  [{ httpsCidrIpv4: "10.0.0.1/16" }, 'httpsCidrIpv4 is "10.0.0.1/16"; it takes an IPv4 range'],
  [{ kmsKeyArn: "alias/bastion" }, 'kmsKeyArn is "alias/bastion"; it takes the ARN of a KMS key'],
  [{ roles: { namePrefix: "a".repeat(50) } }, "an IAM role name has at most 64."],
  [{ names: { "aws_iam_role.that": "acme" } }, 'names has "aws_iam_role.that"'],
])("refuses %j", (more, message) => {
  expect(() => bastion(more)).toThrow(message);
  expect(() => bastion(more)).toThrow("(at test/bastion)");
});
