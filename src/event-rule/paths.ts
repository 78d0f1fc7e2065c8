import type { PropPaths } from "../core/prop-paths";

/** Where the props of a rule are whose event a block takes at `path`, such as `events.start`. */
export const pathsOfRule = (path: string): PropPaths => ({
  under: path,
  others: {
    eventSource: `${path}.source`,
    names: "names",
    kmsKeyArn: "kmsKeyArn",
    alarmActions: "alarmActions",
    tags: "tags",
  },
});
