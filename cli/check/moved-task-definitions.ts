import type { Block } from "./read-hcl";

const ofABlock = /^module\..+\.aws_ecs_task_definition\.this$/;

/**
 * Finds a `moved` block that moves a task definition of another layout to one of a block. Terraform may refuse the plan with
 * `Error: Cycle`, without a cause (docs/migrate.md). Constructs never write such a block.
 */
export function findMovedTaskDefinition({
  type,
  line,
  attributes,
}: Block): { line: number; message: string }[] {
  if (type !== "moved") return [];
  const [from = "", to = ""] = ["from", "to"].map((name) =>
    (attributes.get(name)?.tokens ?? []).map(({ text }) => text).join(""),
  );
  if (!ofABlock.test(to) || ofABlock.test(from)) return [];
  const removed = from.replaceAll(/\[[^\]]*\]/g, "");
  const message = `moved has from = ${from}, a task definition; a move can end in "Error: Cycle", and a new revision is made all the same. Write a removed block from ${removed} with destroy = false instead.`;
  return [{ line, message }];
}
