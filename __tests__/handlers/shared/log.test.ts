import { createLog, type LogLevel, toErrorFields } from "../../../handlers/shared/log";

const linesAt = (level: LogLevel): Record<string, unknown>[] => {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line));
  log.debug("a");
  log.info("b", { eventId: "1", text: "two\nlines" });
  log.warn("c");
  log.error("d", toErrorFields(new TypeError("no")));
  expect(lines.filter((line) => line.includes("\n"))).toEqual([]);
  return lines.map((line) => JSON.parse(line));
};

test.each<[LogLevel, string[]]>([
  ["DEBUG", ["DEBUG", "INFO", "WARN", "ERROR"]],
  ["INFO", ["INFO", "WARN", "ERROR"]],
  ["WARN", ["WARN", "ERROR"]],
  ["ERROR", ["ERROR"]],
])("LOG_LEVEL %s writes %j", (level, written) => {
  expect(linesAt(level).map((line) => line.level)).toEqual(written);
});

test("writes one JSON object with its fields per line", () => {
  const [, info, , error] = linesAt("DEBUG");
  expect(info).toEqual({
    timestamp: expect.any(String),
    level: "INFO",
    message: "b",
    eventId: "1",
    text: "two\nlines",
  });
  expect(error).toMatchObject({ message: "d", errorType: "TypeError", errorMessage: "no" });
});

test("logs a thrown value that is not an Error", () => {
  expect(toErrorFields("gone")).toEqual({ errorType: "Error", errorMessage: "gone" });
});
