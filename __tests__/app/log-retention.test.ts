import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { moduleNames } from "../../scripts/module-names";
import { checkLogRetention, logRetentionDays } from "../../src/core/log-retention";
import { projectRoot } from "../../testing/terraform";

interface Copy {
  readonly module: string;
  readonly variable: string;
  /** The list in the condition of the validation. */
  readonly days: number[];
  /** The error message with the value 2, which CloudWatch Logs does not take. */
  readonly message: string;
}

/** A validation that names CloudWatch Logs, with the list of its condition; in between there is no other block. */
const validation =
  /contains\(\[([\d, ]+)\], var\.(\w+)\)\s+error_message = "([^\n]*CloudWatch Logs takes[^\n]*)"\n/g;

const variablesOf = (module: string): string => {
  const file = join(projectRoot, "modules", module, "variables.tf");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};

const copies = moduleNames().flatMap((module): Copy[] =>
  [...variablesOf(module).matchAll(validation)].map(([, days, variable, message]) => ({
    module,
    variable: variable!,
    days: days!.split(",").map(Number),
    message: message!.replace(`\${var.${variable}}`, "2"),
  })),
);

const messageOf = (prop: string): string => {
  try {
    checkLogRetention(Testing.app(), prop, 2);
    return "none";
  } catch (error) {
    return (error as Error).message.replace(/ \(at .*\)$/, "");
  }
};

test("finds a copy in every module that has such a list or such an error message", () => {
  const having = moduleNames().filter((module) =>
    /\[0, 1, 3, 5, 7|CloudWatch Logs takes \d/.test(variablesOf(module)),
  );
  expect(copies.map(({ module }) => module)).toEqual(having);
  expect(having).toContain("task");
});

test.each(copies)("$module: the list of $variable equals the list of the constructs", ({ days }) => {
  expect(days).toEqual(logRetentionDays);
});

test.each(copies)("$module: the error message of $variable equals that of the constructs", (copy) => {
  expect(copy.message).toBe(messageOf(copy.variable));
});
