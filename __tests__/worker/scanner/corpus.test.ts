import { type FindingType, findingTypes } from "../../../scanner";
import { createCorpus } from "../../../testing/scan/corpus";
import { scanText } from "../../../testing/scan/scan-text";

const { text, planted } = createCorpus({
  seed: 2026112800,
  bytes: 900_000,
  bytesPerValue: 400,
  decoysPerValue: 2,
});
// Findings of low confidence do not count, neither as found nor as wrong.
const findings = scanText(text).filter(({ confidence }) => confidence !== "low");

const place = ({ type, byteOffset }: { type: FindingType; byteOffset: number }): string =>
  `${type} ${byteOffset}`;
const count = (
  type: FindingType,
  all: readonly { type: FindingType; byteOffset: number }[],
  within: Set<string>,
) => all.filter((each) => each.type === type && within.has(place(each))).length;
const plantedPlaces = new Set(planted.map(place));
const foundPlaces = new Set(findings.map(place));

test.each(findingTypes)("finds %s where they are, and nowhere else", (type) => {
  const isPhone = type.startsWith("phone");
  const expected = planted.filter((each) => each.type === type).length;
  const found = findings.filter((each) => each.type === type).length;
  expect(expected).toBeGreaterThan(300);
  expect(count(type, planted, foundPlaces) / expected).toBeGreaterThanOrEqual(isPhone ? 0.9 : 0.99);
  expect(count(type, findings, plantedPlaces) / found).toBeGreaterThanOrEqual(isPhone ? 0.9 : 0.98);
});
