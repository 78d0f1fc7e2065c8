import { parse } from "@cdktf/hcl2json";
import * as fc from "fast-check";
import { readHclFile, readJsonFile } from "../../src/app/hcl";
import { lineAt, type Members, plain, SyntaxProblem } from "../../src/app/literal";

const values = (members: Members): unknown => plain({ line: 1, value: members });

function problemOf(read: () => unknown): { line: number; message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof SyntaxProblem) return { line: error.line, message: error.message };
  }
  throw new Error("nothing was refused");
}

describe("reads the same values as HashiCorp's parser", () => {
  const everything = `
# settings
name = "engines" // inline
count = -1.5e3
on=true
none = null /* a comment
over two lines */
list = [1, "two", # three
  [3],
]
map = { a = 1, "b c" : "x", d-e = { f = [] }
  "g/h.i" = null

  7 = "seven"
}
escapes = "a\\"b\\\\c\\n\\t\\u00e9\\U0001F600 100% $5"
text = <<EOT
  one \\n "two"

EOT
flush = <<-EOT
    one
      two
  \t
    three
    EOT
tabs = <<-END
\tone
\t\ttwo
\tEND
windows = "x"\r
empty = {}
`;

  test("every kind of value", async () => {
    expect(values(readHclFile(everything))).toEqual(await parse("x.tfvars", everything));
  });

  const name = fc
    .stringMatching(/^[a-z_][a-z0-9_-]{0,5}$/)
    .filter((word) => !/^(true|false|null)$/.test(word));
  const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((value) => !/[$%]\{/.test(value));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(text, tie("value"), { maxKeys: 3 }),
    ),
  }));
  const hcl = (item: unknown): string => {
    if (Array.isArray(item)) return `[${item.map(hcl).join(", ")}]`;
    if (typeof item !== "object" || item === null) return JSON.stringify(item).replace(/\\[bf]/g, "\\n");
    return `{\n${Object.entries(item)
      .map(([key, member]) => `  ${hcl(key)} = ${hcl(member)}\n`)
      .join("")}}`;
  };

  test("random files of literals", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 4 }), async (file) => {
        const written = Object.entries(file)
          .map(([key, member]) => `${key} = ${hcl(member)}\n`)
          .join("");
        expect(values(readHclFile(written))).toEqual(await parse("x.tfvars", written));
      }),
      { numRuns: 200 },
    );
  });
});

test("reads $${ and %%{ as the text ${ and %{", () => {
  expect(values(readHclFile('a = "$${HOME} %%{x}"\nb = <<EOT\n$${HOME}\nEOT\n'))).toEqual({
    a: "${HOME} %{x}",
    b: "${HOME}\n",
  });
});

test("keeps the line of each value", () => {
  const root = { line: 1, value: readHclFile('a = 1\n\nb = {\n  c = [\n    "d",\n    "e",\n  ]\n}\n') };
  expect(lineAt(root, ["a"])).toBe(1);
  expect(lineAt(root, ["b"])).toBe(3);
  expect(lineAt(root, ["b", "c"])).toBe(4);
  expect(lineAt(root, ["b", "c", 1])).toBe(6);
  expect(lineAt(root, ["b", "missing", "deeper"])).toBe(3);
});

test.each([
  ["an expression", "a = 1\nb = upper(x)", 2, /expressions are not allowed/],
  ["arithmetic", "a = 1 + 2", 1, /only a literal value is allowed for "a"/],
  ["a template", 'a = 1\nb = "x-${var.y}"', 2, /start an expression/],
  ["a template in a heredoc", "a = <<EOT\n${x}\nEOT\n", 1, /start an expression/],
  ["a directive", 'a = "%{ if true }"', 1, /start an expression/],
  ["a name given twice", "a = 1\nb = 2\na = 3", 3, /"a" is set twice; the first time is on line 1/],
  ["a missing equals sign", "a 1", 1, /"=" is expected after "a"/],
  ["a block", "a {\n  b = 1\n}", 1, /"=" is expected after "a"/],
  ["an open list", "a = [1,\n2", 2, /"," or "\]" is expected/],
  ["an open map", "a = {\n  b = 1\n", 3, /a name or "}" is expected/],
  ["an open string", 'a = "b\n', 1, /is expected here/],
  ["an unknown escape", 'a = "\\d"', 1, /"\\d" is not an escape sequence/],
  ["a quoted name at the top", '"a" = 1', 1, /a name is expected/],
])("%s is refused with its line", (_, text, line, message) => {
  expect(problemOf(() => readHclFile(text))).toEqual({ line, message: expect.stringMatching(message) });
});

describe("JSON", () => {
  test("reads strings as plain text, and keeps lines", () => {
    const members = readJsonFile('{\n  "a": "${x} \\u00e9 \\/",\n  "b": { "c": [1, true, null] }\n}\n');
    expect(values(members)).toEqual({ a: "${x} é /", b: { c: [1, true, null] } });
    expect(lineAt({ line: 1, value: members }, ["b", "c"])).toBe(3);
  });

  test.each([
    ["a comment", '{ "a": 1 } # no', 1, /not JSON/],
    ["a trailing comma", '{\n"a": 1,\n}', 3, /not JSON/],
    ["a bare word", '{\n"a": nope\n}', 2, /is expected here/],
    ["a list at the top", "[1]", 1, /one JSON object/],
    ["a wrong escape", '{\n"a": "\\x"\n}', 2, /not a JSON string/],
  ])("%s is refused with its line", (_, text, line, message) => {
    expect(problemOf(() => readJsonFile(text))).toEqual({ line, message: expect.stringMatching(message) });
  });
});
