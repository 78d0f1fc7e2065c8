import { TerraformStack, Testing } from "cdktf";
import { blocks } from "../parity/blocks";

/** Writes the synthesized JSON of every block in every setting: the program of a process with one of the libraries. */
const stacks = blocks.flatMap((block) =>
  Object.keys(block.settings).map((setting) => {
    const stack = new TerraformStack(Testing.app({ enableFutureFlags: false }), "test");
    block.construct(stack, setting).adoptFrom("module.before");
    return [`${block.module}, ${setting}`, JSON.parse(Testing.synth(stack))];
  }),
);
process.stdout.write(JSON.stringify(Object.fromEntries(stacks)));
