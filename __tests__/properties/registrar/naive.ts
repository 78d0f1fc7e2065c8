import { DeregisterTargetsCommand, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { findPrivateIp } from "../../../handlers/shared/task-target";
import { port, type stateChange, type World } from "../../handlers/register-targets/world";
import type { Environment } from "./lambda";

/** The obvious registrar: it registers or deregisters what each event says, without asking ECS. */
export const naiveRegistrar = ({ elb, routes }: World): Environment => ({
  handler: async (batch) => {
    const { Records = [] } = batch as { Records?: { body: string }[] };
    for (const { body } of Records) {
      const { detail } = JSON.parse(body) as Partial<ReturnType<typeof stateChange>>;
      const address = findPrivateIp(detail ?? {});
      const service = String(detail?.group).replace(/^route[-:]/, "");
      if (address === undefined || routes[service] === undefined) continue;
      const change = {
        TargetGroupArn: routes[service].targetGroup,
        Targets: [{ Id: address, Port: port }],
      };
      await (detail?.lastStatus === "RUNNING"
        ? elb.send(new RegisterTargetsCommand(change))
        : elb.send(new DeregisterTargetsCommand(change)));
    }
    return { batchItemFailures: [] };
  },
  crashed: new Promise(() => {}),
});
