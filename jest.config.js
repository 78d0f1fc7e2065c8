const { cpus } = require("node:os");

// A notice of the SDK about Node 20, which every test file that loads it would print.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

// Python then keeps what it compiles, which is half of the first run of checkov and of Cloud Custodian.
delete process.env.PYTHONDONTWRITEBYTECODE;

// Both CDK libraries record the stack of every token's creation, half of the time of a synthesis. cdktf has no switch.
process.env.CDKTN_DISABLE_CREATION_STACK = "1";
const withoutTokenStacks = {
  "(^|/)private/stack-trace$|^\\./stack-trace$": "<rootDir>/testing/no-stack-trace.cjs",
};

const shared = {
  testEnvironment: "node",
  transform: { "\\.tsx?$": "<rootDir>/scripts/jest-esbuild.cjs" },
  moduleNameMapper: withoutTokenStacks,
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/.local-aws", "cdktf.out"],
};

/** One project per kind of test, from fast to true (CONTRIBUTING.md says when to run which). */
const project = (displayName, folders, more = {}) => ({
  ...shared,
  ...more,
  displayName,
  testMatch: folders.map((folder) => `<rootDir>/__tests__/${folder}/**/*.test.ts`),
});

module.exports = {
  // The tests that apply something mostly wait for the provider, so there may be more of them than processors.
  maxWorkers: Math.max(5, cpus().length),
  maxConcurrency: 8,
  // A guard against tests that hang, not a measure: they run beside each other on a machine of two processors.
  testTimeout: 30_000,
  testSequencer: "<rootDir>/scripts/slow-first-sequencer.cjs",
  projects: [
    project("unit", ["handlers", "worker", "scan-database", "bottles"]),
    project("constructs", ["constructs"]),
    project("constructs-cdktn", ["constructs"], {
      moduleNameMapper: {
        ...withoutTokenStacks,
        "^cdktf(/.*)?$": "<rootDir>/node_modules/cdktn$1",
        "^@cdktf/provider-aws/(.*)$": "<rootDir>/node_modules/@cdktn/provider-aws/$1",
      },
    }),
    project("app", ["app"]),
    project("emulator", ["emulator"]),
    project("properties", ["properties"], {
      testEnvironment: "<rootDir>/scripts/jest-simulation-environment.cjs",
    }),
    project("modules", ["modules"]),
    project("parity", ["parity"]),
    project("local", ["local"]),
    project("long", ["long"]),
  ],
  reporters: ["default", "<rootDir>/scripts/closing-line-reporter.cjs"],
};
