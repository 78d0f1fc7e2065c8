import { readFileSync } from "node:fs";
import type { Fault } from "../../local/faults";
import type { Attempt } from "../../scripts/faults/account";
import { deployOurs } from "../../scripts/faults/deploy";
import { play, type Side } from "../../scripts/faults/play";
import { type Scenario, scenarios } from "../../scripts/faults/scenarios";
import {
  type EventRecord,
  evaluateResult,
  failures,
  type ScenarioResult,
  type TaskState,
} from "../../scripts/faults/verdict";
import { inProcessRuntime } from "./faults/in-process";

const here: Side = { deploy: deployOurs, createRuntime: inProcessRuntime };
const found = (result: ScenarioResult) => {
  const verdict = evaluateResult(result);
  return failures.filter((failure) => verdict[failure]);
};

jest.setTimeout(180_000);

describe("every fault of docs/faults.md, here", () => {
  const document = readFileSync("docs/faults.md", "utf8");
  const rows = document.split("\n").filter((line) => line.startsWith("| "));
  const outcomeIn = (name: string) =>
    rows
      .find((row) => row.startsWith(`| ${name} |`))
      ?.split(" | ")
      .at(-1);

  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", async (name, scenario) => {
    const result = await play(scenario, here);
    expect(result.events.length).toBeGreaterThan(0);
    expect(found(result)).toEqual([]);
    // Otherwise `npm run faults` has to write the document anew.
    expect(`${evaluateResult(result).says} |`).toBe(outcomeIn(name));
  });
});

describe("verdict", () => {
  const event = (state: TaskState | undefined, ...dlqReasons: string[]): EventRecord => ({
    tasks: state ? [{ state, reason: undefined }] : [],
    dlqReasons,
  });
  const result = (more: Partial<ScenarioResult>): ScenarioResult => ({
    expected: "succeeded",
    events: [event("succeeded")],
    staleTargets: 0,
    signals: [],
    hasFailureAlarm: false,
    returned: [],
    raised: [],
    runTaskCalls: 1,
    remindersPerStop: undefined,
    ...more,
  });

  test.each<[string, Partial<ScenarioResult>, string[]]>([
    ["a task that has succeeded", {}, []],
    ["no task", { events: [event(undefined)] }, ["lost", "silent"]],
    ["no task, and a log line", { events: [event(undefined)], signals: ["log"] }, ["lost"]],
    ["no task, and a message in the DLQ", { events: [event(undefined, "Throttled")], signals: ["DLQ"] }, []],
    ["a failed task", { events: [event("failed")] }, ["lost", "silent"]],
    [
      "a failed task that is counted",
      { events: [event("failed")], hasFailureAlarm: true, signals: ["metric"] },
      [],
    ],
    [
      "one event of two without a task",
      { events: [event("succeeded"), event(undefined)], signals: ["log"] },
      ["lost"],
    ],
    [
      "two tasks for one event",
      { events: [{ tasks: [...event("succeeded").tasks, ...event("succeeded").tasks], dlqReasons: [] }] },
      ["duplicated", "silent"],
    ],
    [
      "a failed task and a good one",
      {
        events: [{ tasks: [...event("failed").tasks, ...event("succeeded").tasks], dlqReasons: [] }],
        signals: ["metric"],
      },
      [],
    ],
    [
      "a task that runs and is no target",
      { expected: "serving", events: [event("running")], signals: ["log"] },
      ["lost", "leaked"],
    ],
    [
      "a task that goes on serving although it was to be stopped",
      { expected: "stopped", events: [event("serving")], signals: ["log"] },
      ["lost", "leaked"],
    ],
    [
      "a target without a task",
      { expected: "stopped", events: [event("stopped")], staleTargets: 1 },
      ["leaked", "silent"],
    ],
  ])("%s", (_name, more, expected) => {
    expect(found(result(more))).toEqual(expected);
  });
});

describe("what is broken on purpose is found", () => {
  const named = (text: string): Scenario => scenarios.find(({ name }) => name.includes(text))!;
  const under = (text: string, faults: Fault[]): Scenario => {
    const scenario = named(text);
    return { ...scenario, faults: [...faults, ...(scenario.faults ?? [])] };
  };
  /** @param change what Lambda hands to a function and gets from it */
  const broken = (change: (run: (attempt: Attempt) => ReturnType<Run>) => Run): Side => ({
    ...here,
    createRuntime: (account) => {
      const runtime = inProcessRuntime(account);
      return { ...runtime, run: change(runtime.run) };
    },
  });
  type Run = ReturnType<typeof inProcessRuntime>["run"];

  test("lost: a function that answers errors instead of raising them", async () => {
    const side = broken((run) => async (attempt) => {
      const { payload } = await run(attempt);
      return { payload, failed: false };
    });
    expect(found(await play(named("`RunTask` is throttled"), side))).toEqual(["lost"]);
  });

  test("duplicated: records of launches that are believed for an hour", async () => {
    const side = broken((run) => (attempt) => {
      const environment = { ...attempt.environment, DEDUPLICATION_WINDOW_HOURS: "1" };
      return run({ ...attempt, environment });
    });
    expect(found(await play(named("after 20 hours"), side))).toEqual(["duplicated", "silent"]);
  });

  test("leaked: a registrar that does nothing", async () => {
    const nothing = { payload: JSON.stringify({ services: {} }), failed: false };
    const side = broken(
      (run) => async (attempt) => (attempt.functionName === "register-targets" ? nothing : run(attempt)),
    );
    expect(found(await play(named("tasks start at once"), side))).toEqual(["lost", "leaked", "silent"]);
  });

  test("silent: no rule on tasks that have ended", async () => {
    const lose = { service: "events", action: "Deliver", fault: "lose" } as const;
    const scenario = under("the task is out of memory", [{ ...lose, detailType: "ECS Task State Change" }]);
    expect(found(await play(scenario, here))).toEqual(["lost", "silent"]);
  });
});
