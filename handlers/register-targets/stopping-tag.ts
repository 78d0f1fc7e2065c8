import { taskTagKey } from "../shared/task-tags";

/**
 * Key of the tag on a task that is to be stopped once its target has drained. The value is the id of the stop event.
 * The policy of the function allows `ecs:TagResource` with this key only.
 */
export const stoppingTag = taskTagKey("stopping");
