import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import type { LocalAws } from "../../local";
import { clientConfig } from "../../scripts/mutation/client-config";
import { startTestAws } from "../../testing/local-aws";
import { maxRetries, region, sourceIn, writeRoot } from "../../testing/module-root";
import { emptyRoot, terraform } from "../../testing/terraform";

jest.setTimeout(300_000);

let aws: LocalAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws?.stop());

const suffix = "-eu-west-1";

/** With the query protocol of Terraform: moto does not know the newer one of the SDK. */
async function dashboardsIn(where: string): Promise<string[]> {
  const authorization = `AWS4-HMAC-SHA256 Credential=local/20260101/${where}/monitoring/aws4_request`;
  const response = await fetch(aws.endpoint, {
    method: "POST",
    headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
    body: "Action=ListDashboards&Version=2010-08-01",
  });
  const names = (await response.text()).matchAll(/<DashboardName>([^<]*)</g);
  return [...names].map(([, name]) => name!).sort();
}

test("two regions of one account have resources of one name side by side, with a suffix where AWS has no regions", async () => {
  const root = emptyRoot("two-regions");
  const inOther = { providers: { aws: "aws.other" } };
  const schedule = {
    source: sourceIn(root, "schedule"),
    name: "engines-nightly",
    schedule_expression: "rate(1 day)",
    enabled: false,
    function_arn: "arn:aws:lambda:us-east-1:123456789012:function:engines-start-task",
  };
  const monitoring = {
    source: sourceIn(root, "monitoring"),
    name: "engines",
    functions: { "start-task": { function_name: "engines-start-task", timeout_seconds: 30 } },
  };
  writeRoot(root, {
    provider: {
      aws: [
        { region, max_retries: maxRetries },
        { alias: "other", region: "eu-west-1", max_retries: maxRetries },
      ],
    },
    module: {
      schedule,
      other_schedule: { ...schedule, ...inOther, roles: { name_suffix: suffix } },
      colliding: { ...schedule, ...inOther, depends_on: ["module.schedule"] },
      monitoring,
      other_monitoring: { ...monitoring, ...inOther, dashboard_name: `engines${suffix}` },
    },
  });
  await terraform(root, ["init", "-input=false"]);
  const apply = terraform(root, ["apply", "-auto-approve", "-input=false", "-no-color"], aws.environment);
  await expect(apply).rejects.toThrow(/EntityAlreadyExists.*module\.colliding\.aws_iam_role\.this/s);

  const config = clientConfig(aws.environment);
  const { Roles = [] } = await new IAMClient(config).send(new ListRolesCommand());
  const names = Roles.map(({ RoleName }) => RoleName).filter((name) => name?.startsWith("engines"));
  expect(names.sort()).toEqual(["engines-nightly", `engines-nightly${suffix}`]);
  // The same dashboards in every region.
  for (const each of [region, "eu-west-1"])
    expect(await dashboardsIn(each)).toEqual(["engines", `engines${suffix}`]);
});
