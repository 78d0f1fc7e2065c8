import { join } from "node:path";
import { scanCommand } from "../../cli/scan";
import { folderWith } from "./folder";

const run = async (...args: string[]): Promise<{ status: number; stdout: string }> => {
  let stdout = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await scanCommand.parseAsync(args, { from: "user" });
    return { status: Number(process.exitCode), stdout };
  } finally {
    process.exitCode = before;
    write.mockRestore();
  }
};

const folder = folderWith({
  "found.txt": "first\nssn 536-22-6789 of joe@firma.de\n",
  "unsure.txt": "card 4111 1111 1111 1111\n",
  "document.pdf": "%PDF-1.7",
});
const path = (name: string): string => join(folder, name);

test("exits with 1 on a finding, and prints it masked", async () => {
  expect(await run(path("found.txt"), path("document.pdf"))).toEqual({
    status: 1,
    stdout: [
      `${path("found.txt")}:2:5: ssn (high): ssn [ssn:11] of [email:12]`,
      `${path("found.txt")}:2:20: email (high): ssn [ssn:11] of [email:12]`,
      `${path("document.pdf")}: skipped: a PDF document, which is not read`,
      "2 findings in 2 files, 0 of low confidence.\n",
    ].join("\n"),
  });
});

test("exits with 0 on findings of low confidence alone", async () => {
  expect(await run(path("unsure.txt"))).toEqual({
    status: 0,
    stdout: `${path("unsure.txt")}:1:6: credit_card (low, test number): card [credit_card:19]\n1 finding in 1 file, 1 of low confidence.\n`,
  });
});

test("prints one JSON object", async () => {
  const { stdout } = await run("--json", path("found.txt"));
  expect(JSON.parse(stdout)).toMatchObject({
    findings: 2,
    files: [
      {
        file: path("found.txt"),
        truncated: false,
        skipped: [],
        findings: [
          { type: "ssn", lineNumber: 2, columnStart: 4, columnEnd: 15, byteOffset: 10 },
          { type: "email" },
        ],
      },
    ],
  });
  expect(stdout).not.toMatch(/536|joe/);
});

test.each(["missing.txt", "."])("says in one sentence that %s is no file that can be read", async (name) => {
  await expect(run(path(name))).rejects.toThrow(
    /^.*: (there is no such file or folder|expected a file, found a folder)\.$/,
  );
});
