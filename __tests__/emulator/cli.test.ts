import { parseLocalArguments } from "../../local/cli";

test("options are read into what local AWS takes", () => {
  expect(
    parseLocalArguments([
      "--port",
      "5000",
      "--image",
      "a/*=node x.js --n=1",
      "--image",
      "b=y",
      "--clock",
      "virtual",
    ]),
  ).toMatchObject({ port: 5000, clock: "virtual", images: { "a/*": "node x.js --n=1", b: "y" } });
  expect(parseLocalArguments([])).toMatchObject({ port: 4566, clock: "real", images: {}, faults: [] });
});

test.each([
  [["--port", "high"], /--port is high; allowed: 0 to 65535/],
  [["--clock", "fast"], /--clock is fast; allowed: real, virtual/],
  [["--image", "worker"], /--image is worker; it must be like/],
  [["--faults", "/no/such/file"], /--faults \/no\/such\/file: ENOENT/],
  [["--prot", "1"], /--prot/],
])("%j is refused", (args, message) => {
  expect(() => parseLocalArguments(args)).toThrow(message);
});
