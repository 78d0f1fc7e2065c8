import { TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { pathsOf, withUnknown } from "../../testing/unknown-inputs";
import { blocks } from "../parity/blocks";
import { literalInputs } from "../parity/literal-inputs";
import { moreSettings } from "../parity/more-settings";

/** The settings of a block in which the input at `path` is given, with a variable in its place. */
function synthesizedWith(block: (typeof blocks)[number], path: string): "absent" | "synthesized" {
  for (const setting of [...Object.values(block.settings), ...(moreSettings[block.module] ?? [])]) {
    const stack = new TerraformStack(Testing.app(), "test");
    let found = 0;
    const props = withUnknown(
      block.module,
      setting,
      (_value, type) => {
        const variable = new TerraformVariable(stack, `input-${found++}`, { type: "any" });
        if (Array.isArray(type)) return variable.listValue;
        if (typeof type === "object") return Token.asStringMap(variable.value);
        return type === "string" ? variable.stringValue : variable.numberValue;
      },
      (other) => other !== path,
    );
    if (found === 0) continue;
    block.constructWith(stack, "block", props);
    Testing.synth(stack);
    return "synthesized";
  }
  return "absent";
}

describe.each(blocks.map((block) => [block.module, block] as const))("%s", (module, block) => {
  const literals = literalInputs[module] ?? {};

  test.each(pathsOf(module).filter((path) => !(path in literals)))("takes a token in %s", (path) => {
    expect(synthesizedWith(block, path)).toBe("synthesized");
  });

  const refused = Object.keys(literals);
  (refused.length > 0 ? test.each(refused) : test.skip.each([""]))("refuses a token in %s", (path) => {
    expect(() => synthesizedWith(block, path)).toThrow(
      expect.objectContaining({
        name: "ValidationError",
        message: expect.stringContaining(path.split(".").at(-1)!),
      }),
    );
  });
});
