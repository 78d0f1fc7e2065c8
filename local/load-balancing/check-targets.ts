import { BlockList } from "node:net";
import { AwsError } from "../aws-error";
import type { TargetGroup } from "./target-group";

export interface TargetId {
  id: string;
  port: number;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
const PRIVATE = new BlockList();
PRIVATE.addSubnet("10.0.0.0", 8);
PRIVATE.addSubnet("100.64.0.0", 10);
PRIVATE.addSubnet("172.16.0.0", 12);
PRIVATE.addSubnet("192.168.0.0", 16);

/** Throws the error of AWS for targets that are invalid in a group of this type. */
export function checkTargets({ targetType }: TargetGroup, targets: TargetId[]): void {
  for (const { id, port } of targets) {
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
      throw new AwsError("ValidationError", `Port of target '${id}' is ${port}; it must be 1 to 65535`);
    if (targetType === "ip" && !PRIVATE.check(id))
      throw new AwsError("InvalidTarget", `'${id}' is not an IP address of a private range`);
    if (targetType === "instance" && !/^i-[0-9a-f]+$/.test(id))
      throw new AwsError("InvalidTarget", `'${id}' is not the id of an instance`);
  }
}
