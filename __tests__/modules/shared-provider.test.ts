import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SharedProvider, startSharedProvider } from "../../testing/shared-provider";
import { emptyRoot, terraform } from "../../testing/terraform";

let provider: SharedProvider;
beforeAll(async () => {
  provider = await startSharedProvider();
}, 360_000);
afterAll(() => provider?.stop());

async function validated(type: string, inputs: object): Promise<{ valid: boolean; diagnostics: object[] }> {
  const folder = emptyRoot(`shared-provider/${type}`);
  const aws = { source: "hashicorp/aws", version: ">= 5.100, < 7.0" };
  const root = { terraform: { required_providers: { aws } }, resource: { [type]: { this: inputs } } };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root));
  await terraform(folder, ["init", "-input=false"], provider.environment);
  // Terraform exits with 1 and prints JSON all the same when a root is not valid.
  const text = await terraform(folder, ["validate", "-json"], provider.environment).catch(
    ({ message }: Error) => message.slice(message.indexOf("{"), message.lastIndexOf("}") + 1),
  );
  return JSON.parse(text);
}

test("the real provider checks the values of a type that the project names", async () => {
  expect(await validated("aws_sqs_queue", { delay_seconds: 5 })).toMatchObject({ valid: true });
  expect(await validated("aws_sqs_queue", { delay_seconds: 901 })).toMatchObject({
    valid: false,
    diagnostics: [{ summary: "expected delay_seconds to be in the range (0 - 900), got 901" }],
  });
});

test("a type that the project does not name is refused", async () => {
  // In two parts, so that no file names it.
  const type = ["aws", "glue_job"].join("_");
  expect(await validated(type, {})).toMatchObject({
    valid: false,
    diagnostics: [{ detail: expect.stringContaining(`does not support resource type "${type}"`) }],
  });
});
