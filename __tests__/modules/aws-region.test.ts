import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../testing/terraform";

const filesIn = (folder: string, extension: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension) && !file.includes(".terraform/"))
    .map((file) => join(folder, file));

/** Reads of the data source aws_region other than its endpoint, and names under which TypeScript may keep it. */
function otherAttributes(text: string): string[] {
  const inHcl = [...text.matchAll(/\bdata\.aws_region\.\w+(?:\[[^\]]*\])?\.(?!endpoint\b)\w+/g)];
  const made = /new DataAwsRegion\((?:[^()]|\([^()]*\))*\)/.source;
  const ofConstruct = [...text.matchAll(new RegExp(`${made}\\s*\\.(?!endpoint\\b)\\w+`, "g"))];
  const destructured = [...text.matchAll(new RegExp(`(\\{[^{}]*\\}|\\w+)\\s*=\\s*${made}`, "g"))].filter(
    ([, kept]) => kept !== "{ endpoint }",
  );
  return [...inHcl, ...ofConstruct, ...destructured].map(([found]) => found);
}

// Provider 6 deprecates `id` and `name`, and `region` is not there in provider 5: any of them warns or fails somewhere.
test("of the data source aws_region only the endpoint is read", () => {
  const files = [...filesIn("modules", ".tf"), ...filesIn("examples", ".tf"), ...filesIn("src", ".ts")];
  const texts = files.map((file) => [file, readFileSync(join(projectRoot, file), "utf8")] as const);
  expect(texts.filter(([, text]) => /aws_region|DataAwsRegion/.test(text)).length).toBeGreaterThan(6);
  expect(texts.flatMap(([file, text]) => otherAttributes(text).map((found) => `${file}: ${found}`))).toEqual(
    [],
  );
});

test.each([
  "region = data.aws_region.current.id",
  "region = data.aws_region.this[0].name",
  'new DataAwsRegion(stack, "region").region',
  'new DataAwsRegion(stack, id("region")).name',
  'const { id } = new DataAwsRegion(stack, "region");',
  'const region = new DataAwsRegion(stack, "region");',
])("finds %s", (text) => expect(otherAttributes(text)).toHaveLength(1));

test.each([
  'region = split(".", data.aws_region.current.endpoint)[1]',
  'const { endpoint } = new DataAwsRegion(stack, "region");',
])("takes %s", (text) => expect(otherAttributes(text)).toEqual([]));
