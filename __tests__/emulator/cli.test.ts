import { localCommand } from "../../local/cli";

/** The options that the command reads from arguments. */
const optionsOf = (...args: string[]): Record<string, unknown> => {
  const command = localCommand(() => "")
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(() => {});
  return command.parse(args, { from: "user" }).opts();
};

test("reads its options into the options of local AWS", () => {
  const images = ["--image", "a/*=node x.js --n=1", "--image", "b=y"];
  expect(optionsOf("--port", "5000", ...images, "--clock", "virtual")).toMatchObject({
    port: 5000,
    clock: "virtual",
    image: { "a/*": "node x.js --n=1", b: "y" },
  });
  expect(optionsOf()).toMatchObject({ port: 4566, clock: "real", image: {}, faults: [] });
});

test.each([
  [["--port", "high"], /'high' is invalid. Allowed: 0 to 65535/],
  [["--clock", "fast"], /'fast' is invalid. Allowed choices are real, virtual/],
  [["--image", "worker"], /'worker' is invalid. Allowed: image=command/],
  [["--faults", "/no/such/file"], /'\/no\/such\/file' is invalid. ENOENT/],
  [["--prot", "1"], /unknown option '--prot'/],
])("%j is refused", (args, message) => {
  expect(() => optionsOf(...args)).toThrow(message);
});
