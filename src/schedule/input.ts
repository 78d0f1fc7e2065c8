import { type Json, json } from "../core/json";

/** Scheduler replaces placeholders such as `<aws.scheduler.scheduled-time>` only where the brackets are not escaped. */
const placeholder = /\\u003c(aws\.scheduler\.[a-z-]+)\\u003e/g;

const scheduleJson = (value: Json): string => json(value).replace(placeholder, "<$1>");

/** The input of a target that is a function. */
export const functionInput = (input: Json): string => scheduleJson(input);

/** The input of a target that is a task: overrides that pass it in the variable in which the launcher passes an event. */
export const taskInput = (container: string, input: Json): string =>
  scheduleJson({
    containerOverrides: [
      { name: container, environment: [{ name: "EVENT_PAYLOAD", value: scheduleJson(input) }] },
    ],
  });
