import { type Json, json } from "../core/json";

/** Scheduler looks for what it is to fill in, such as `<aws.scheduler.scheduled-time>`, in the text as it stands. */
const placeholder = /\\u003c(aws\.scheduler\.[a-z-]+)\\u003e/g;

const scheduleJson = (value: Json): string => json(value).replace(placeholder, "<$1>");

/** What a function gets. */
export const functionInput = (input: Json): string => scheduleJson(input);

/** What a task gets: the overrides that put the input where the launcher puts an event. */
export const taskInput = (container: string, input: Json): string =>
  scheduleJson({
    containerOverrides: [
      { name: container, environment: [{ name: "EVENT_PAYLOAD", value: scheduleJson(input) }] },
    ],
  });
