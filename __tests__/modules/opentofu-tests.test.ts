import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../testing/terraform";

const modules = join(projectRoot, "modules");
const forOpenTofu = readdirSync(modules, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".tofutest.hcl"),
);

const mocks = (text: string): string => text.slice(text.indexOf("mock_provider"), text.indexOf("\n}\n"));
const runs = (text: string): string => text.slice(text.indexOf("\nrun "));

test("OpenTofu has test files of its own", () => expect(forOpenTofu.length).toBeGreaterThan(0));

// OpenTofu runs x.tofutest.hcl in place of x.tftest.hcl.
test.each(forOpenTofu)("%s has the same mocks and the same runs as the file for Terraform", (file) => {
  const [openTofu, terraform] = [file, file.replace(".tofutest.", ".tftest.")].map((name) =>
    readFileSync(join(modules, name), "utf8"),
  ) as [string, string];
  expect(mocks(openTofu)).toBe(mocks(terraform));
  expect(runs(openTofu)).toBe(runs(terraform));
  expect(runs(openTofu)).toContain("assert {");
});
