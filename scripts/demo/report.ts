/** What is printed at the end for a person. */
export const summaryText = (lines: readonly string[], seconds: Readonly<Record<string, number>>): string => {
  const steps = Object.entries(seconds).map(([step, value]) => `${step} ${value}`);
  return [
    "",
    "Summary",
    ...lines.map((line) => `  ${line}`),
    `  seconds                 ${steps.join(", ")}`,
    "",
  ].join("\n");
};

/** How to look around in an account that is kept. */
export const lookAroundText = (
  environment: Readonly<Record<string, string>>,
  commands: readonly string[],
): string =>
  [
    "",
    `Local AWS stays up at ${environment.AWS_ENDPOINT_URL} until Ctrl-C. In another shell:`,
    "",
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    "",
    ...commands.map((command) => `  ${command}`),
    "",
  ].join("\n");
