const { default: Sequencer } = require("@jest/test-sequencer");

/** The tests that take minutes, the longest first. They mostly wait, so others run beside them. */
const slow = [
  "terraform-test",
  "layout",
  // These wait for the provider, which waits for RDS and SQS.
  "rds",
  "data-scanner",
  "policy-runner-workers",
  "bottle-sync",
  "parity",
  "adopt",
  "random-settings",
  "patterns",
  "ways-to-launch",
  "registrar",
  "checkov",
  "policy-runs",
  "unknown-inputs",
  "policy-runner",
  "exactly-once-1",
  "exactly-once-2",
  "examples",
  "local/conformance",
  "package",
  "demo",
  "hostile-input",
  "api-constraints",
  "run-policy",
  "error-paths",
  "foreign-state",
  "ecs-service",
  "local/ecs",
  "two-regions",
  "both-libraries",
  "policy-cooldown",
  "not-set",
];

const rank = ({ path }) => {
  const index = slow.findIndex((name) => path.endsWith(`/${name}.test.ts`));
  return index < 0 ? slow.length : index;
};

module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
