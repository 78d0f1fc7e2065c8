import { DeregisterTargetsCommand, RegisterTargetsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { addressOf } from "../../../handlers/shared/task-target";
import { port, type stateChange, type World } from "../../handlers/register-targets/world";
import type { Environment } from "./lambda";

/** A registrar as one would write it first: it registers what an event says has come, and deregisters what has gone. */
export const naiveRegistrar = ({ elb, routes }: World): Environment => ({
  handler: async (event) => {
    const { detail } = event as Partial<ReturnType<typeof stateChange>>;
    const address = addressOf(detail ?? {});
    const service = String(detail?.group).replace("route:", "");
    if (address === undefined || routes[service] === undefined) return;
    const change = {
      TargetGroupArn: routes[service].targetGroup,
      Targets: [{ Id: address, Port: port }],
    };
    await (detail?.lastStatus === "RUNNING"
      ? elb.send(new RegisterTargetsCommand(change))
      : elb.send(new DeregisterTargetsCommand(change)));
  },
  crashed: new Promise(() => {}),
});
