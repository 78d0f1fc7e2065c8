import { createCorpus } from "../../../testing/scan/corpus";
import { scanFile, scanText } from "../../../testing/scan/scan-text";

test("masks every finding of a context, and numbers that may be one", () => {
  expect(scanText("a 536-22-6789 joe@firma.de id 536226789 b").map(({ context }) => context)).toEqual(
    Array(2).fill("a [ssn:11] [email:12] id [number:9] b"),
  );
});

test("masks a finding that the context cuts, and does not cut a number", () => {
  const far = `${"x".repeat(44)} 536-22-6789`;
  expect(scanText(`joe@firma.de ${far}`)[0]!.context).toBe(`[email:12] ${"x".repeat(44)} [ssn:11]`);
  expect(scanText(`joe@firma.de ${"x".repeat(44)} 1234567890`)[0]!.context).toBe(
    `[email:12] ${"x".repeat(44)} `,
  );
});

test("a context ends with its line and with 50 characters", () => {
  const [finding] = scanText(`before\n${"é".repeat(60)}536-22-6789${"ü".repeat(60)}\nafter`);
  expect(finding!.context).toBe(`${"é".repeat(50)}[ssn:11]${"ü".repeat(50)}`);
});

test("no finding has a value in any field", async () => {
  const { text, planted } = createCorpus({ seed: 5, bytes: 300_000, bytesPerValue: 200, decoysPerValue: 0 });
  const { findings } = await scanFile(text);
  const output = JSON.stringify(findings);
  expect(planted.length).toBeGreaterThan(1000);
  expect(planted.filter(({ value }) => output.includes(value))).toEqual([]);
});

test("ends at the greatest number of findings, with those after it masked", async () => {
  const values = Array.from({ length: 30 }, (_, index) => `536-22-67${index + 10}`).join(" ");
  const { findings, outcome } = await scanFile(Buffer.from(values), { maxFindings: 3 });
  expect(outcome).toEqual({ findings: 3, truncated: true, skipped: [] });
  expect(findings.map(({ context }) => /\d{3}-\d/.test(context))).toEqual([false, false, false]);
  const all = await scanFile(Buffer.from(values), { maxFindings: 30 });
  expect(all.outcome).toEqual({ findings: 30, truncated: false, skipped: [] });
});
