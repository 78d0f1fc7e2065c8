import { createStartTask } from "../../../handlers/start-task/start-task";
import { createAccount } from "../../../testing/start-task-account";
import { route } from "../../handlers/start-task/world";
import { createLaunchingSubject, launchLimits } from "./launching-function";
import type { Subject } from "./subject";

const routes = {
  auth: route("auth-api", { allowOverrides: ["command", "environment", "port", "cpu", "memory"] }),
  pdf: route("pdf-creator", { onFailure: { action: "retry", maxAttempts: 2, backoffSeconds: 0 } }),
};

/** start-task on local AWS, given one input after the other. */
export const createStartTaskSubject = async ({ buffer }: { buffer: boolean }): Promise<Subject> => {
  const account = await createAccount({ routes, buffer, throttled: false });
  return createLaunchingSubject({
    name: "start-task",
    account,
    createHandler: (requestHandler, write) => createStartTask(account.partsOver(requestHandler, write)),
    createGood: (id) => ({ id, detail: { service: "auth" } }),
    limits: launchLimits,
  });
};
