import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Policies that the roles have by themselves: nothing of EFS, which the policy of the file system allows. */
const writeLog = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" }],
});
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ecs-tasks.amazonaws.com" } },
  ],
});

const role = (name: string) => ({ name, assume_role_policy: trust });

/** Modules that stand in for those whose outputs the call takes: resources and outputs, as in Terraform's JSON. */
const standIns: Readonly<Record<string, { readonly resource?: object; readonly output: object }>> = {
  network: {
    resource: {
      aws_vpc: { this: { cidr_block: "10.0.0.0/16" } },
      aws_subnet: Object.fromEntries(
        ["a", "b"].map((zone, index) => [
          zone,
          {
            vpc_id: "${aws_vpc.this.id}",
            cidr_block: `10.0.${index}.0/24`,
            availability_zone: `us-west-2${zone}`,
          },
        ]),
      ),
      aws_security_group: { ecs: { name: "ecs", vpc_id: "${aws_vpc.this.id}" } },
    },
    output: {
      vpc_id: { value: "${aws_vpc.this.id}" },
      private_subnet_ids: { value: ["${aws_subnet.a.id}", "${aws_subnet.b.id}"] },
      ecs_security_group_id: { value: "${aws_security_group.ecs.id}" },
    },
  },
  iam: {
    resource: {
      aws_iam_role: { execution: role("bottles-execution"), task: role("bottles-task") },
      aws_iam_role_policy: {
        execution: { name: "log", role: "${aws_iam_role.execution.name}", policy: writeLog },
      },
    },
    output: {
      ecs_task_execution_role_arn: { value: "${aws_iam_role.execution.arn}" },
      ecs_task_role_arn: { value: "${aws_iam_role.task.arn}" },
    },
  },
  s3: { output: { bucket_name: { value: "bottles" } } },
  notifications: { output: { slack_webhook_secret_name: { value: "bottles/slack" } } },
};

/** Writes the root around the call: the provider, the modules that stand in, and an output for each output of the module. */
export function writeAround(folder: string, outputs: readonly string[]): void {
  for (const [name, module] of Object.entries(standIns)) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "main.tf.json"), JSON.stringify(module));
  }
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    provider: { aws: { region: "us-west-2", max_retries: 4 } },
    variable: { aws_region: { default: "us-west-2" } },
    module: Object.fromEntries(Object.keys(standIns).map((name) => [name, { source: `./${name}` }])),
    output: Object.fromEntries(outputs.map((name) => [name, { value: `\${module.ecs.${name}}` }])),
  };
  writeFileSync(join(folder, "around.tf.json"), JSON.stringify(root));
}
