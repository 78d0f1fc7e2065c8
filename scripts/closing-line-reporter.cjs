const seconds = (ms) => `${Math.round(ms / 1000)} s`;

/** How long the tests of each kind ran, most first. Kinds run side by side, so the sum is more than the whole. */
function timesByKind({ testResults }) {
  const times = new Map();
  for (const { displayName, perfStats } of testResults) {
    const kind = displayName?.name ?? "tests";
    times.set(kind, (times.get(kind) ?? 0) + perfStats.end - perfStats.start);
  }
  return [...times].sort(([, a], [, b]) => b - a).map(([kind, ms]) => `${kind} ${seconds(ms)}`);
}

/** Prints the times, and as the last line of the run, in a form that any CI can read: `N passed, N failed`. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : "";
    const before = process.env.TIMES_BEFORE_TESTS ? `${process.env.TIMES_BEFORE_TESTS}, ` : "";
    const lines = [
      `Time: ${before}tests ${seconds(Date.now() - results.startTime)}`,
      `Tests by kind, side by side: ${timesByKind(results).join(", ")}`,
      `${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed${skipped}`,
    ];
    // Jest's own summary comes after the reporters.
    process.on("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
  }
};
