import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { mapProps, withoutNulls } from "../../src/core/props";
import { inputsOf, mapsIn, withEveryMember } from "../../testing/optional-inputs";
import { blocks } from "../parity/blocks";
import { type Block, labelOf } from "../parity/blocks/block";

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function synthesized(block: Block, id: string, props: object): unknown {
  const stack = new TerraformStack(Testing.app(), "stack");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  block.constructWith(stack, id, props);
  return JSON.parse(Testing.synth(stack));
}

describe.each(blocks.map((block) => [block.module, block] as const))("%s", (module, block) => {
  test.each(Object.keys(block.settings).filter((setting) => ["defaults", "everything"].includes(setting)))(
    "%s: an optional prop that is null or undefined is as if left out",
    async (setting) => {
      const props = block.settings[setting]!;
      const id = labelOf(module, setting);
      const inputs = inputsOf(module);
      const leftOut = synthesized(block, id, props);
      for (const absent of [null, undefined]) {
        const given = withEveryMember(props, inputs, absent, camelCase) as object;
        expect(synthesized(block, id, given)).toEqual(leftOut);
      }
    },
  );

  test("its maps are known as maps", async () => {
    const maps = mapsIn(inputsOf(module)).map(camelCase);
    expect(maps.filter((name) => !mapProps.has(name))).toEqual([]);
  });
});

test("entries of maps and null in JSON stay", () => {
  const props = { tags: { team: null }, detail: { state: null }, input: { since: null }, port: null };
  expect(withoutNulls(props)).toEqual({
    tags: { team: null },
    detail: { state: null },
    input: { since: null },
  });
});
