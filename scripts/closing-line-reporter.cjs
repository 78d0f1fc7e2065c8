/** Prints the last line of the run in a form that any CI can read: `N passed, N failed`. */
module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests ? `, ${results.numPendingTests} skipped` : "";
    const line = `${results.numPassedTests} passed, ${results.numFailedTests + brokenSuites} failed${skipped}\n`;
    // Jest's own summary comes after the reporters.
    process.on("exit", () => process.stdout.write(line));
  }
};
