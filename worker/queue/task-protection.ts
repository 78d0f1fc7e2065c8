import { type Log, toErrorFields } from "../../handlers/shared/log";

/** Protects the worker's own task from scale-in and deployments. */
export type TaskProtection = {
  /** @returns whether the task is protected, as far as it can be */
  on(): Promise<boolean>;
  off(): Promise<void>;
};

/** Nothing scales a container in that ECS does not run, so it needs no protection. */
const noProtection: TaskProtection = { on: async () => true, off: async () => {} };

/**
 * Task protection by the endpoint of the ECS agent (ECS developer guide: task scale-in protection endpoint).
 * @param agentUri `ECS_AGENT_URI` of the container. Absent: ECS does not run it
 * @param minutes when the protection ends if the worker dies, 1 to 2,880
 */
export const createTaskProtection = (
  agentUri: string | undefined,
  minutes: number,
  log: Log,
): TaskProtection => {
  if (agentUri === undefined) return noProtection;
  const url = `${agentUri}/task-protection/v1/state`;
  let isOn = false;

  const put = async (state: object): Promise<boolean> => {
    try {
      const response = await fetch(url, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(state),
        signal: AbortSignal.timeout(10_000),
      });
      const answer = (await response.json()) as { protection?: object; failure?: unknown; error?: unknown };
      if (answer.protection !== undefined) return true;
      log.warn("task protection refused", { ...state, status: response.status, ...answer });
    } catch (error) {
      log.warn("task protection not reachable", { ...state, ...toErrorFields(error) });
    }
    return false;
  };

  return {
    async on() {
      // Again each time: it extends the protection.
      isOn = await put({ ProtectionEnabled: true, ExpiresInMinutes: minutes });
      return isOn;
    },
    async off() {
      if (!isOn) return;
      isOn = !(await put({ ProtectionEnabled: false }));
    },
  };
};
