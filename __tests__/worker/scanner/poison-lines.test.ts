import { TextScanner } from "../../../scanner";
import { poison, poisonLine } from "../../../testing/scan/poison-lines";

/** Bytes that detectors look at, beside the one pass, when a text is one line of this piece. */
const examined = (piece: string, bytes: number): number => {
  const scanner = new TextScanner({ report: () => undefined, maxFindings: Number.POSITIVE_INFINITY });
  scanner.push(poisonLine(piece, bytes));
  scanner.end();
  return scanner.examined;
};

const bytes = 24 * 1024;

test.each(poison)("a long line of %j takes linear time", (piece) => {
  const work = examined(piece, bytes);
  expect(work).toBeLessThanOrEqual(24 * bytes);
  expect(examined(piece, 2 * bytes)).toBeLessThanOrEqual(2.2 * work + 4096);
});
