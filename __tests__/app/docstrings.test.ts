import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { moduleNames } from "../../scripts/module-names";

const root = join(__dirname, "../..");

type Member = { file: string; name: string; text: string | undefined };

const textOf = (comment: string): string =>
  comment
    .replaceAll(/^\s*(\/\*\*|\*\/|\*)/gm, "")
    .replaceAll(/\*\/\s*$/g, "")
    .split(/^\s*@/m)[0]!
    .replaceAll(/\s+/g, " ")
    .trim();

const comment = String.raw`(?:(?<comment> *\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n)?`;
const member = new RegExp(
  `${comment}^ {2}(?:(?:readonly|get|override|abstract) )*(?<name>[a-z]\\w*)(?:\\??: |\\()`,
  "gm",
);

/** The public members of every exported class and interface of a file, with the text of their docstrings. */
const membersOf = (file: string): Member[] => {
  const source = readFileSync(join(root, file), "utf8");
  const bodies = source.matchAll(/^export (?:abstract )?(?:class|interface) [^{]*\{\n([\s\S]*?)^\}/gm);
  return [...bodies].flatMap(([, body = ""]) =>
    [...body.matchAll(member)].flatMap(({ groups }) =>
      groups!.name === "constructor"
        ? []
        : [{ file, name: groups!.name!, text: groups!.comment && textOf(groups!.comment) }],
    ),
  );
};

const folderOf = (module: string): string => `src/${module}`;
const files = moduleNames().flatMap((module) =>
  readdirSync(join(root, folderOf(module)))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folderOf(module)}/${file}`),
);

test("finds the members", () => {
  const names = membersOf("src/queue/index.ts").map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(["visibilityTimeoutSeconds", "queueArn", "deadLetterQueueUrl"]),
  );
});

test.each(files)("%s: every public member has a docstring", (file) => {
  expect(membersOf(file).filter(({ text }) => !text)).toEqual([]);
});

const camelCase = (text: string): string =>
  text.replaceAll(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const inTypeScript = (text: string): string =>
  text
    .replaceAll(/`[^`]*`/g, camelCase)
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\bnull\b|\bNull\b/g, "undefined");

/** Sentences that differ on purpose: what is absent is null in HCL, and not set in TypeScript. */
const withoutAbsence = (text: string): string =>
  text
    .split(/(?<=\.) /)
    .filter((sentence) => !/^(Null|Not set|Undefined|undefined)\b/.test(sentence))
    .join(" ");

/** What a construct tells by a method, or has no use for. */
const withoutMember = ["mounts", "timeout_seconds"];

test.each(moduleNames())(
  "%s: an output and the member of its construct are told in the same words",
  async (module) => {
    const path = join(root, "modules", module, "outputs.tf");
    const { output = {} } = (await parse(path, readFileSync(path, "utf8"))) as {
      output?: Record<string, [{ description?: string }]>;
    };
    const members = new Map(membersOf(`${folderOf(module)}/index.ts`).map(({ name, text }) => [name, text]));
    const differing = Object.entries(output).flatMap(([name, [{ description = "" }]]) => {
      const text = members.get(camelCase(name));
      if (withoutMember.includes(name)) return [];
      const [theirs, ours] = [inTypeScript(withoutAbsence(description)), withoutAbsence(text ?? "")];
      return theirs === ours ? [] : [{ name, theirs, ours }];
    });
    expect(differing).toEqual([]);
    expect(Object.values(output).filter(([{ description }]) => !description)).toEqual([]);
  },
);
