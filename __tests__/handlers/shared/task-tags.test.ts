import { createTaskTag, readTaskTag } from "../../../handlers/shared/task-tags";

const launched = createTaskTag("service", "auth");
const users = { key: "stopping", value: "mine" };

test.each([
  [
    "of the task, not the user's with the same name",
    [users, launched, createTaskTag("stopping", "e1")],
    "e1",
  ],
  ["nothing when only the user has one", [users, launched], undefined],
  [
    "of a task that an earlier release launched",
    [
      { key: "service", value: "auth" },
      { key: "stopping", value: "e0" },
    ],
    "e0",
  ],
  [
    "that this release has added to such a task",
    [{ key: "service", value: "auth" }, createTaskTag("stopping", "e1")],
    "e1",
  ],
  ["of a task without any", [], undefined],
  ["of a task that is described without tags", undefined, undefined],
])("reads the value %s", (_what, tags, expected) => {
  expect(readTaskTag(tags, "stopping")).toBe(expected);
});
