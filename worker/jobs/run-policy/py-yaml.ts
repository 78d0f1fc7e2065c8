import type { ScalarTag, Tags } from "yaml";

const float = String.raw`(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)`;

/**
 * Where PyYAML, with which Cloud Custodian reads policies, takes fewer texts for a value than YAML 1.1 allows. The account id
 * 012345678901 and the tag `y` are texts to it, for instance.
 */
const narrower: readonly { example: string; test: RegExp }[] = [
  { example: "1", test: /^[-+]?(?:0|[1-9][0-9_]*)$/ },
  { example: "1:30", test: /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/ },
  { example: "1.5", test: new RegExp(`^${float}$`) },
  { example: "1.5e+3", test: new RegExp(`^${float}[eE][-+][0-9]+$`) },
  { example: "y", test: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/ },
  { example: "n", test: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/ },
];

/** Values that have no form in JSON. Cloud Custodian's own schema has no place for them, so they stay texts. */
const notInJson = ["2020-01-01", ".inf"];
const notInJsonTags = ["tag:yaml.org,2002:binary", "tag:yaml.org,2002:set"];

const hasTest = (tag: Tags[number]): tag is ScalarTag & { test: RegExp } =>
  typeof tag === "object" && "test" in tag && tag.test !== undefined;

/** Makes the tags of YAML 1.1 those of PyYAML. */
export const pyYamlTags = (tags: Tags): Tags =>
  tags.flatMap((tag) => {
    if (typeof tag === "object" && notInJsonTags.includes(tag.tag)) return [];
    if (!hasTest(tag)) return [tag];
    if (notInJson.some((example) => tag.test.test(example))) return [];
    const test = narrower.find(({ example }) => tag.test.test(example))?.test;
    return [test === undefined ? tag : { ...tag, test }];
  });
