import { type Belief, isChecked } from "./belief";
import { groups } from "./beliefs";

const cell = (text: string): string => text.replaceAll("|", "\\|");

const checkOf = (belief: Belief): string => {
  if (!isChecked(belief)) return `not provoked: ${belief.notProvoked}`;
  const { seconds, slow } = belief;
  const time = slow ? `slow: ${Math.round(seconds / 360) / 10} hours` : `${seconds} s`;
  return "onlyOnAws" in belief ? `${time}, on AWS only: ${belief.onlyOnAws}` : time;
};

const row = (belief: Belief): string => {
  const { certainty, code, id, sentence, source, tests } = belief;
  const files = Object.keys(code).map((file) => `\`${file}\``);
  const checks = [checkOf(belief), tests].filter((each) => each !== undefined).join("; ");
  return `| ${[`\`${id}\``, sentence, source, certainty, checks, files.join(", ")].map(cell).join(" | ")} |`;
};

/** The tables of docs/aws-behaviour.md with the beliefs that have an id. */
export const beliefTables = (): string =>
  Object.entries(groups)
    .map(([title, beliefs]) =>
      [
        `### ${title}`,
        "",
        "| id | behaviour | source | certainty | check, tests | code that rests on it |",
        "| --- | --- | --- | --- | --- | --- |",
        ...beliefs.map(row),
        "",
      ].join("\n"),
    )
    .join("\n");
