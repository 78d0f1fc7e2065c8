import { TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { type Literal, pathsOf, type Unknown, withUnknown } from "../../testing/unknown-inputs";
import { blocks } from "../parity/blocks";
import { literalInputs } from "../parity/literal-inputs";
import { moreSettings } from "../parity/more-settings";

type Block = (typeof blocks)[number];

/** The settings of a block, the small ones first: they are cheap to make. */
const settingsOf = (block: Block): object[] =>
  [...Object.values(block.settings), ...(moreSettings[block.module] ?? [])].sort(
    (one, other) => JSON.stringify(one).length - JSON.stringify(other).length,
  );

/** Makes the block in a stack of its own, with a variable in place of each input that is not literal. */
function blockWithVariables(block: Block, setting: object, literal: Literal) {
  const stack = new TerraformStack(Testing.app(), "test");
  let count = 0;
  const variable: Unknown = (_value, type) => {
    const { listValue, value, stringValue, numberValue } = new TerraformVariable(stack, `input-${count++}`, {
      type: "any",
    });
    if (Array.isArray(type)) return listValue;
    if (typeof type === "object") return Token.asStringMap(value);
    return type === "string" ? stringValue : numberValue;
  };
  const props = withUnknown(block.module, setting, variable, literal);
  if (count > 0) block.constructWith(stack, "block", props);
  return { stack, count };
}

/** The number of variables in place of the input at `path`, in the first setting that has it. */
const variablesIn = (block: Block, path: string): number => {
  for (const setting of settingsOf(block)) {
    const { count } = blockWithVariables(block, setting, (other) => other !== path);
    if (count > 0) return count;
  }
  return 0;
};

/** The errors of the settings in which the input at `path` must be known. */
const refusalsOf = (block: Block, path: string): unknown[] =>
  settingsOf(block).flatMap((setting) => {
    try {
      blockWithVariables(block, setting, (other) => other !== path);
      return [];
    } catch (error) {
      return [error];
    }
  });

describe.each(blocks.map((block) => [block.module, block] as const))("%s", (module, block) => {
  const literals = literalInputs[module] ?? {};

  test.each(pathsOf(module).filter((path) => !(path in literals)))("takes a token in %s", (path) => {
    expect(variablesIn(block, path)).toBeGreaterThan(0);
  });

  test("synthesizes with tokens in all its inputs", () => {
    for (const setting of settingsOf(block)) {
      const { stack } = blockWithVariables(block, setting, (path) => path in literals);
      // A token of a number is a huge negative number, with which only Terraform may calculate.
      expect(Testing.synth(stack)).not.toMatch(/-\d\.\d+e\+\d{2,}|TfToken/);
    }
  });

  const refused = Object.keys(literals);
  (refused.length > 0 ? test.each(refused) : test.skip.each([""]))("refuses a token in %s", (path) => {
    expect(refusalsOf(block, path)).toContainEqual(
      expect.objectContaining({
        name: "ValidationError",
        message: expect.stringContaining(path.split(".").at(-1)!),
      }),
    );
  });
});
