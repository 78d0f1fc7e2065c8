import { Command } from "commander";
import { type Explanation, explainMappings } from "../handlers/run-policy/mappings/explain-mappings";
import { parseMappings } from "../handlers/run-policy/mappings/parse-mappings";
import type { Ignored } from "../handlers/shared/findings/finding";
import { truncateName } from "../handlers/shared/text";
import { type CommonOptions, print } from "./options";
import { parseFile, readJson } from "./read-file";

type Options = Pick<CommonOptions, "json"> & { event: string; mappings: string };

const describeExplanation = ({ finding, resource, entries }: Explanation): readonly string[] => {
  const what =
    resource === undefined
      ? "no resource"
      : `${truncateName(resource.type)} ${truncateName(resource.id)} in ${resource.account}, ${resource.region}`;
  return [
    `Finding ${truncateName(finding.id)}, ${finding.severity ?? "no severity"}: ${what}`,
    ...entries.map(({ entry, taken, why }) => `  ${entry}: ${taken ? "takes it" : why.join("; ")}`),
    ...(entries.some(({ taken }) => taken) ? [] : ["  No entry takes it."]),
  ];
};

const describeIgnored = ({ id, reason, found }: Ignored): string =>
  `Finding ${truncateName(id)}: ignored, ${reason}: ${found}`;

export const explainMappingCommand = new Command("explain-mapping")
  .description(
    "Say for each finding of an event, and each of its resources, which entry of a mapping file takes it, and why the others do not.",
  )
  .requiredOption("--event <file>", "event as EventBridge delivers it, as JSON")
  .requiredOption("--mappings <file>", "mapping file")
  .option("--json", "print the result as one JSON object")
  .action((options: Options) => {
    const mappings = parseFile(options.mappings, parseMappings);
    const result = explainMappings(mappings, readJson(options.event));
    print(options, result, [
      ...result.explanations.flatMap(describeExplanation),
      ...result.ignored.map(describeIgnored),
    ]);
  });
