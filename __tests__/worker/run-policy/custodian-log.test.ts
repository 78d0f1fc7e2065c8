import { createLog } from "../../../handlers/shared/log";
import { readCustodianLog } from "../../../worker/jobs/run-policy/custodian-log";

const read = (lines: readonly string[]) => {
  const logged: { level: string; message: string; line?: string }[] = [];
  const log = readCustodianLog(createLog("DEBUG", (line) => logged.push(JSON.parse(line))));
  for (const line of lines) log.onLine(line);
  return { ...log.counts(), logged };
};
const at = (rest: string) => `2026-01-31 12:00:00,123: ${rest}`;

test("counts the resources of each action", () => {
  const { actionsTaken, errors } = read([
    at("custodian.policy:INFO policy:a resource:aws.s3 region:eu-west-1 count:2 time:0.10"),
    at("custodian.policy:INFO policy:a action:tag resources:2 execution_time:0.10"),
    at("custodian.policy:INFO policy:a action:stop resources:2 execution_time:1.00"),
  ]);
  expect({ actionsTaken, errors }).toEqual({ actionsTaken: 4, errors: 0 });
});

test("counts no action that only looks like one", () => {
  const { actionsTaken } = read([
    "policy:a action:tag resources:9 execution_time:0.10",
    at("custodian.actions:INFO policy:a action:tag resources:9 execution_time:0.10"),
    at("custodian.policy:INFO bucket policy:a action:tag resources:9 execution_time:0.10"),
    at("custodian.policy:INFO policy:a action:tag resources:9 execution_time:0.10 and more"),
  ]);
  expect(actionsTaken).toBe(0);
});

test("logs each line at its level, and what continues it at the same", () => {
  const { errors, logged } = read([
    at("custodian.policy:DEBUG one"),
    at("custodian.output:ERROR Error while executing policy"),
    "Traceback (most recent call last):",
    at("custodian.resources:WARNING three"),
    at("custodian:CRITICAL four"),
  ]);
  expect(logged.map(({ level }) => level)).toEqual(["DEBUG", "ERROR", "ERROR", "WARN", "ERROR"]);
  expect(logged[2]).toMatchObject({ message: "custodian", line: "Traceback (most recent call last):" });
  expect(errors).toBe(2);
});

test("logs 500 lines of at most 1,000 characters, and counts in all", () => {
  const action = at("custodian.policy:INFO policy:a action:tag resources:1 execution_time:0.10");
  const { actionsTaken, logged } = read(["x".repeat(5_000), ...Array.from({ length: 600 }, () => action)]);
  expect(actionsTaken).toBe(600);
  expect(logged).toHaveLength(501);
  expect(logged[0]!.line).toHaveLength(1_000);
  expect(logged[500]!.message).toBe("custodian: more than 500 lines, the rest is not logged");
});
